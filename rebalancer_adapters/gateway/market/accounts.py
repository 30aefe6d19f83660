"""The accounts at the start, and whose login it is: an advisor has a master account and clients."""

from collections.abc import Mapping
from decimal import Decimal

from attrs import field, frozen

from rebalancer_adapters.gateway.settings import Advisor

MANY = 50
"""Above so many clients reqPositions is not offered."""


@frozen(kw_only=True)
class HoldingSetup:
    """A position that an account has when the gateway starts."""

    con_id: int
    quantity: Decimal
    average_cost: Decimal


@frozen(kw_only=True)
class AccountSetup:
    """An account as the market file describes it; `is_margin` False refuses any debt."""

    account: str
    base_currency: str
    is_margin: bool = True
    cash: Mapping[str, Decimal] = field(factory=dict)
    holdings: tuple[HoldingSetup, ...] = ()


def accounts_of_login(
    advisor: Advisor, clients: tuple[AccountSetup, ...]
) -> tuple[AccountSetup, ...]:
    """The clients; for an advisor behind a master account, and with empty ones up to 51."""
    if advisor is Advisor.OFF or not clients:
        return clients
    base = clients[0].base_currency
    master = _empty(master_account(clients[0].account), base)
    missing = MANY + 1 - len(clients) if advisor is Advisor.OVER_50 else 0
    others = (_empty(f"DU9{number:06d}", base) for number in range(1, missing + 1))
    return (master, *clients, *others)


def master_account(first: str) -> str:
    """The advisor's own account: `DF111111` above DU111111, `F1234567` above U1234567."""
    return first.replace("U", "F", 1) if "U" in first else f"F{first}"


def _empty(account: str, base: str) -> AccountSetup:
    return AccountSetup(account=account, base_currency=base, cash={base: Decimal(0)})
