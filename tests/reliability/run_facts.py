"""What the reliability tests ask of a finished run, in a word each."""

from tests.support import SimulatedGateway, Workspace

ACCOUNT = "DU111111"


def statuses(space: Workspace, account: str = ACCOUNT) -> dict[str, str]:
    """The newest post-trade report's status of each symbol that was to be traded."""
    return {row["symbol"]: row["status"] for row in space.post(account) if row["order_ref"]}


def row_of(space: Workspace, symbol: str, account: str = ACCOUNT) -> dict[str, str]:
    """The newest post-trade report's row of a symbol."""
    return next(row for row in space.post(account) if row["symbol"] == symbol)


def sent(gateway: SimulatedGateway) -> list[str]:
    """The symbol of every order message that came over the wire, in order."""
    return [placed.symbol for placed in gateway.placed if not placed.terms.what_if]
