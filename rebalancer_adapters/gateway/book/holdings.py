"""What the accounts have: cash by currency and holdings by contract, from their opening on."""

from decimal import Decimal

from rebalancer_adapters.gateway.book.ledger import Booking
from rebalancer_adapters.gateway.book.records import Holding
from rebalancer_adapters.gateway.market import AccountSetup, Instrument, Market

_NOTHING = Holding(quantity=Decimal(0), average_cost=Decimal(0))


class Accounts:
    """The accounts of one login."""

    def __init__(self, market: Market) -> None:
        self._market = market
        self._setups: dict[str, AccountSetup] = {}
        self._cash: dict[str, dict[str, Decimal]] = {}
        self._opening: dict[str, dict[int, Holding]] = {}
        self._holdings: dict[str, dict[int, Holding]] = {}
        self.open_all()

    @property
    def names(self) -> tuple[str, ...]:
        """The accounts of the login, an advisor's own first."""
        return tuple(setup.account for setup in self._market.login_accounts)

    def open_all(self) -> None:
        """Open the accounts that the login has and that were not there before."""
        for setup in self._market.login_accounts:
            if setup.account not in self._setups:
                self._open(setup)

    def _open(self, setup: AccountSetup) -> None:
        self._setups[setup.account] = setup
        self._cash[setup.account] = dict(setup.cash)
        self._opening[setup.account] = {
            each.con_id: Holding(quantity=each.quantity, average_cost=each.average_cost)
            for each in setup.holdings
        }
        self._holdings[setup.account] = dict(self._opening[setup.account])

    def opening(self, account: str, con_id: int) -> Holding:
        """What the account held when the gateway started."""
        return self._opening[account].get(con_id, _NOTHING)

    def holding(self, account: str, con_id: int) -> Holding:
        return self._holdings[account].get(con_id, _NOTHING)

    def holdings(self, account: str) -> dict[int, Holding]:
        """What the account holds by contract id, without empty positions."""
        return {
            con_id: holding
            for con_id, holding in self._holdings[account].items()
            if holding.quantity
        }

    def cash(self, account: str, currency: str) -> Decimal:
        return self._cash[account].get(currency, Decimal(0))

    def currencies(self, account: str) -> tuple[str, ...]:
        """The currencies of the account's ledger, its base currency first."""
        base = self.base_currency(account)
        held = [self._market.by_con_id(con_id).currency for con_id in self._holdings[account]]
        return tuple(dict.fromkeys([base, *self._cash[account], *held]))

    def base_currency(self, account: str) -> str:
        return self._setups[account].base_currency

    def is_margin(self, account: str) -> bool:
        return self._setups[account].is_margin

    def move_cash(self, account: str, currency: str, amount: Decimal) -> None:
        """Cash comes, or with a negative amount goes."""
        self._cash[account][currency] = self.cash(account, currency) + amount

    def hold(self, account: str, con_id: int, holding: Holding) -> None:
        """From now on the account holds this of the contract."""
        self._holdings[account][con_id] = holding

    def book(self, account: str, instrument: Instrument, booking: Booking) -> None:
        """Take an execution's effect."""
        self.hold(account, instrument.con_id, booking.holding)
        self.move_cash(account, instrument.currency, booking.cash_change)
