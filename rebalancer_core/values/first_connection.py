"""The page "First connection" by its numbered sections: what a user sets once at a real gateway."""

from __future__ import annotations

from enum import IntEnum


class FirstConnection(IntEnum):
    """A section of docs/first-connection.md; a test compares the numbers with the page."""

    API_PORT = 1
    READ_ONLY_API = 2
    PRECAUTIONS = 3
    MARKET_DATA = 4
    RESTARTS = 5
    CLIENT_IDS = 6
    ADVISORS = 7
    PERMISSIONS = 8
    DOCKER = 9

    @property
    def place(self) -> str:
        """Where to read on, for the end of a hint.

        >>> FirstConnection.READ_ONLY_API.place
        'see docs/first-connection.md, 2'
        """
        return f"see docs/first-connection.md, {int(self)}"
