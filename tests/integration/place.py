"""Where the integration tests go, and what they may do there: read from the environment."""

from collections.abc import Mapping

from attrs import frozen

from rebalancer_adapters.ib.address import GatewayAddress
from rebalancer_core.safety.limits import is_paper
from rebalancer_core.values.instruments import AccountId, Symbol

NEEDED = ("IBKR_HOST", "IBKR_PORT", "IBKR_CLIENT_ID")
_LIVE_PORTS = frozenset({4001, 7496})
# An ETF that costs little, for one share of it is bought and sold.
_SYMBOL = Symbol("GOVT")


@frozen(kw_only=True)
class Place:
    """A gateway, the account there (None: its only one), the ETF, and whether it may be traded."""

    address: GatewayAddress
    account_id: AccountId | None = None
    symbol: Symbol = _SYMBOL
    may_trade: bool = False


class RefusedError(Exception):
    """These tests must not run here, or not do that here."""


def place_of(variables: Mapping[str, str]) -> Place | None:
    """The place that the variables name, None where one is missing; RefusedError at a live port."""
    if not all(variables.get(name) for name in NEEDED):
        return None
    host, port, client_id = (variables[name] for name in NEEDED)
    if int(port) in _LIVE_PORTS:
        raise RefusedError(f"port {port} is that of a live login; these tests need a paper one")
    account_id = variables.get("IBKR_ACCOUNT")
    return Place(
        address=GatewayAddress(host=host, port=int(port), client_id=int(client_id)),
        account_id=AccountId(account_id) if account_id else None,
        symbol=Symbol(variables.get("IBKR_SYMBOL") or _SYMBOL),
        may_trade=variables.get("IBKR_TRADE") == "yes",
    )


def account_of(place: Place, managed: tuple[AccountId, ...]) -> AccountId:
    """The account to test with; RefusedError where the login has a live one, or not this one."""
    live = tuple(each for each in managed if not is_paper(each))
    if live or not managed:
        raise RefusedError(f"{', '.join(live) or 'no account'}: these tests need a paper login")
    wanted = place.account_id or (managed[0] if len(managed) == 1 else None)
    if wanted not in managed:
        raise RefusedError(f"IBKR_ACCOUNT must be one of {', '.join(managed)}")
    return wanted
