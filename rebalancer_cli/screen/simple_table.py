"""Tables for people: names, a rule, a line a row."""

from __future__ import annotations

from collections.abc import Sequence


def simple_table(names: Sequence[str], sides: str, rows: Sequence[Sequence[str]]) -> str:
    """The table of `rows` under these names; `sides` has an `l` or `r` for each column.

    >>> print(simple_table(("Symbol", "Shares"), "lr", (("SPY", "12"),)))
    Symbol      Shares
    --------  --------
    SPY             12
    """
    # Loaded with the first table: it reads the metadata of packages, which takes long.
    from tabulate import tabulate

    return tabulate(
        rows,
        headers=names,
        disable_numparse=True,
        colalign=["right" if side == "r" else "left" for side in sides],
    )
