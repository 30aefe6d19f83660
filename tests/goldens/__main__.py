"""`python -m tests.goldens SESSION`: play a session; its goldens as one JSON object."""

import json
import sys

from tests.goldens.sessions import SESSIONS

if __name__ == "__main__":
    json.dump(SESSIONS[sys.argv[1]](), sys.stdout)
