"""Why TWS says no, or warns: an error code and its text."""

from attrs import frozen


@frozen
class Refusal:
    """An error of the TWS table."""

    code: int
    text: str
