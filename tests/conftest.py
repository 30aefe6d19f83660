"""The Hypothesis profiles: quick, thorough (`make laws`), stories (`make stateful`), mutants.

Quick is the same at each run. A mutant needs to fail once: it is not shrunk and not remembered.
The tests keep their files in memory, where there is such a folder: a journal that waits for the
disk at each order proves no more, for what a test kills is a process and never the computer.
And the signals that the tests send are heard: a runner in the background of a shell has Ctrl+C
ignored, its children inherit that, and the program respects it (as nohup wants).
"""

import os
import shutil
import signal
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings

settings.register_profile(
    "quick",
    max_examples=50,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "thorough",
    max_examples=10_000,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("stories", max_examples=5_000, parent=settings.get_profile("thorough"))
settings.register_profile(
    "mutants",
    max_examples=25,
    parent=settings.get_profile("quick"),
    database=None,
    phases=[Phase.explicit, Phase.generate],
    report_multiple_bugs=False,
)
# pytest's own `--hypothesis-profile` is applied after this line and wins.
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

_IN_MEMORY = Path("/dev/shm")
_ENOUGH_BYTES = 2_000_000_000
if (
    "TMPDIR" not in os.environ
    and os.access(_IN_MEMORY, os.W_OK)
    and shutil.disk_usage(_IN_MEMORY).free > _ENOUGH_BYTES
):
    os.environ["TMPDIR"] = str(_IN_MEMORY)
    tempfile.tempdir = None  # It is asked again.

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
for _name in ("SIGTERM", "SIGHUP"):
    _number = getattr(signal, _name, None)
    if _number is not None and signal.getsignal(_number) is signal.SIG_IGN:
        signal.signal(_number, signal.SIG_DFL)
