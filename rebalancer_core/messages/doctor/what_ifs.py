"""What the broker says of one share of each target (what-if), or why it was not asked."""

from __future__ import annotations

from attrs import frozen

from rebalancer_core.messages.counting import counted
from rebalancer_core.messages.doctor.fact import Fact
from rebalancer_core.messages.margin import UNASKED_BY_SETTING, UNASKED_READ_ONLY_API
from rebalancer_core.messages.orders import explain_fix
from rebalancer_core.orders.broker_codes import Fix, fix_of
from rebalancer_core.safety.what_ifs import is_about_the_contract
from rebalancer_core.values.first_connection import FirstConnection
from rebalancer_core.values.instruments import AccountId, Symbol
from rebalancer_core.values.margin import WhatIfRefused


@frozen(kw_only=True)
class SwitchedOff(Fact):
    """Nobody was asked: the user does not want it."""

    @property
    def words(self) -> str:
        return UNASKED_BY_SETTING


@frozen(kw_only=True)
class ReadOnlyGateway(Fact):
    """Nobody was asked: the gateway would refuse it."""

    @property
    def words(self) -> str:
        return UNASKED_READ_ONLY_API


@frozen(kw_only=True)
class NothingToAsk(Fact):
    """Nobody was asked: no account may trade, or nothing is to be bought."""

    @property
    def words(self) -> str:
        return "not asked: no account that may trade has a target to buy"


@frozen(kw_only=True)
class SharesTaken(Fact):
    """One share of each of these symbols would be taken for each of these accounts."""

    symbols: tuple[Symbol, ...]
    accounts: tuple[AccountId, ...]

    @property
    def words(self) -> str:
        return f"one share each would be taken: {_which(self.symbols, self.accounts)}"


@frozen(kw_only=True)
class SharesRefused(Fact):
    """One share of each was `refused`; `ends_run`: so was every target that an account buys."""

    symbols: tuple[Symbol, ...]
    accounts: tuple[AccountId, ...]
    refused: WhatIfRefused
    ends_run: bool

    @property
    def words(self) -> str:
        refused = f"error {self.refused.code}: {self.refused.text}"
        which = _which(self.symbols, self.accounts)
        return f"one share each is refused: {which}: {refused}; {self._what_a_run_does}"

    @property
    def fix(self) -> str:
        known = fix_of(self.refused.code)
        if known is not None:
            return explain_fix(known)
        if is_about_the_contract(self.refused):
            return explain_fix(Fix.REQUEST_PERMISSION)
        return "look up the text at IBKR; for want of cash alone a run plans within the cash"

    @property
    def _what_a_run_does(self) -> str:
        if not is_about_the_contract(self.refused):
            return "a run asks again about its own orders"
        if self.ends_run:
            return "nothing else is to be bought: a run would end with 5"
        return "a run would not buy it, and trade the others"


@frozen(kw_only=True)
class OrdersRefused(Fact):
    """The gateway refuses what-ifs as invalid (321): it would refuse orders, too."""

    refused: WhatIfRefused

    @property
    def words(self) -> str:
        return (
            f"what-ifs are refused: error {self.refused.code}: {self.refused.text};"
            " orders would be, too: a run would end with 5"
        )

    @property
    def fix(self) -> str:
        return f"switch off Read-Only API; {FirstConnection.READ_ONLY_API.place}"


@frozen(kw_only=True)
class Unanswered(Fact):
    """No answer came in time."""

    symbols: tuple[Symbol, ...]
    accounts: tuple[AccountId, ...]

    @property
    def words(self) -> str:
        return f"no what-if answered in time: {_which(self.symbols, self.accounts)}"

    @property
    def fix(self) -> str:
        return (
            "look for a dialog in the gateway's window, then run doctor again; a run goes on"
            f" without what-ifs; {FirstConnection.PRECAUTIONS.place}"
        )


@frozen(kw_only=True)
class OutOfTime(Fact):
    """Of these accounts nothing was asked: the others took all the time there is."""

    accounts: tuple[AccountId, ...]

    @property
    def words(self) -> str:
        left = counted(len(self.accounts), "account")
        return f"not asked, to be quick: {left}: {', '.join(self.accounts)}"


def _which(symbols: tuple[Symbol, ...], accounts: tuple[AccountId, ...]) -> str:
    return f"{', '.join(symbols)} for {', '.join(accounts)}"
