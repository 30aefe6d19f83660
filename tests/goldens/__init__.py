"""Goldens: what the program shows and writes today, byte for byte, in `fixtures/goldens/`.

A few sessions are played at the simulated gateway, the commands of each one after the other inside
of one process, by the program's own `main`; whatever came to the screen and to the disk is compared
with the golden files of the session's folder. Times, run ids, execution ids, hashes, ports, paths
and our modules' names in the log vary, and are replaced first (`normalising.py`).

    REFRESH_GOLDENS=1 pytest tests/goldens

writes the golden files anew: read their difference before it is committed. It leaves
`journal.sqlite` and `snapshot.json` alone, which the program wrote once and must be able to read
for ever: `python -m tests.goldens.old_journal FILE` makes a journal to put beside the old one when
the format changes.
"""
