"""`python -m tests.goldens.old_journal FILE`: a journal as today's program writes it."""

import sys
from pathlib import Path

from tests.goldens.sessions import write_journal

if __name__ == "__main__":
    write_journal(Path(sys.argv[1]))
