"""Which refused what-ifs block a buy, and which may only be about funds that sells bring first."""

from __future__ import annotations

from decimal import Decimal

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from rebalancer_core.messages.margin import explain_unknown, not_buyable
from rebalancer_core.orders.broker_codes import CODES, CodePolicy, Fix
from rebalancer_core.safety.what_ifs import (
    MarginUnknown,
    blocked_buys,
    blocks,
    dearer_than_reserved,
    is_about_the_contract,
    margin_unknown,
    single_share,
    to_ask_singly,
)
from rebalancer_core.values.commission import IBKR_COMMISSIONS
from rebalancer_core.values.instruments import ConId, Symbol
from rebalancer_core.values.margin import MarginEffect, WhatIf, WhatIfRefused
from rebalancer_core.values.plan import PlannedOrder, Reason, Side

_FUNDS = WhatIfRefused(
    code=201,
    text="Order rejected - reason:YOUR ORDER IS NOT ACCEPTED. IN ORDER TO OBTAIN THE DESIRED "
    "POSITION YOUR EQUITY WITH LOAN VALUE [500.00 USD] MUST EXCEED THE INITIAL MARGIN [900.00 USD]",
)
_KNOWN = MarginEffect(commission=Decimal(1), commission_currency="USD")
_REFUSALS = {CodePolicy.REJECT, CodePolicy.CANCELLED}


def _order(side: Side, quantity: str = "10", con_id: int = 1, price: str = "100") -> PlannedOrder:
    return PlannedOrder(
        con_id=ConId(con_id),
        symbol=Symbol(f"E{con_id:02}"),
        side=side,
        quantity=Decimal(quantity),
        price=Decimal(price),
    )


_BUY, _SELL = _order(Side.BUY), _order(Side.SELL, con_id=2)


@pytest.mark.parametrize(
    "text",
    [
        "Order rejected - reason:No Trading Permission",
        "Order rejected - reason:You are not permitted to trade this product",
        "Order rejected - reason:Customer Ineligible",
        "Order rejected - reason:The account is not eligible to trade this product.",
        "Order rejected - reason:No KID available in your language",
        "Order rejected - reason:The Key Information Document of this product is missing",
        "Order rejected - reason:PRIIPs regulation",
        "Order rejected - reason:This product is currently unavailable to retail clients",
    ],
)
def test_a_201_about_permission_eligibility_or_kid_is_about_the_contract(text: str) -> None:
    assert is_about_the_contract(WhatIfRefused(code=201, text=text))
    assert not is_about_the_contract(WhatIfRefused(code=202, text=text))


@pytest.mark.parametrize(
    "text",
    [
        _FUNDS.text,
        "Order rejected - reason:Insufficient margin",
        "Order rejected - reason:YOUR AVAILABLE FUNDS ARE NOT SUFFICIENT",
        "Order rejected - reason:KIDS AND TOYS ETF: no reason given",
    ],
)
def test_any_other_201_is_not(text: str) -> None:
    assert not is_about_the_contract(WhatIfRefused(code=201, text=text))


@given(
    st.sampled_from([*CODES, 777, 19999]),
    st.text(max_size=40),
    st.integers(0, 2_000),
)
def test_a_code_of_the_contract_blocks_whatever_the_cash_and_a_refusal_where_cash_covers_it(
    code: int, text: str, cash: int
) -> None:
    refused = WhatIfRefused(code=code, text=text)
    is_refusal = code not in CODES or CODES[code].policy in _REFUSALS
    covered = is_refusal and cash >= 1_000
    assert blocks(refused, _BUY, Decimal(cash)) is (is_about_the_contract(refused) or covered)


def test_a_sell_is_never_blocked() -> None:
    refused = WhatIfRefused(code=460, text="No trading permissions.")
    assert blocked_buys((_SELL,), {_SELL: refused}, Decimal(1_000_000)) == ()


def test_an_answer_or_silence_blocks_nothing_and_asks_nothing_more() -> None:
    for answer in (_KNOWN, None):
        answers: dict[PlannedOrder, WhatIf] = {_BUY: answer, _SELL: answer}
        assert blocked_buys((_SELL, _BUY), answers, Decimal(5_000)) == ()
        assert to_ask_singly((_SELL, _BUY), answers, Decimal(5_000)) == ()


def test_one_share_is_asked_about_only_where_sells_are_due_and_cash_does_not_cover_the_buy() -> (
    None
):
    answers = {_BUY: _FUNDS}
    assert to_ask_singly((_SELL, _BUY), answers, Decimal(999)) == (single_share(_BUY),)
    assert to_ask_singly((_BUY,), answers, Decimal(999)) == ()
    assert to_ask_singly((_SELL, _BUY), answers, Decimal(1_000)) == ()


def test_a_notice_asks_nothing_more() -> None:
    notice = WhatIfRefused(code=399, text="will not be placed before the open")
    assert to_ask_singly((_SELL, _BUY), {_BUY: notice}, Decimal(0)) == ()
    assert blocked_buys((_SELL, _BUY), {_BUY: notice}, Decimal(5_000)) == ()


@pytest.mark.parametrize(
    ("about_one", "cash", "is_blocked"),
    [
        (_KNOWN, "500", False),
        (None, "500", False),
        (_FUNDS, "99", False),
        (_FUNDS, "100", True),
        (WhatIfRefused(code=460, text="No trading permissions."), "0", True),
    ],
)
def test_the_answer_about_one_share_decides(
    about_one: WhatIf, cash: str, *, is_blocked: bool
) -> None:
    answers: dict[PlannedOrder, WhatIf] = {_BUY: _FUNDS, single_share(_BUY): about_one}
    assert bool(blocked_buys((_SELL, _BUY), answers, Decimal(cash))) is is_blocked


def test_less_than_a_share_is_its_own_question() -> None:
    part = _order(Side.BUY, quantity="0.25")
    assert single_share(part) == part
    (blocked,) = blocked_buys((part,), {part: _FUNDS}, Decimal(25))
    assert blocked.con_id == part.con_id


def test_a_blocked_buy_has_its_answer_and_what_helps() -> None:
    limit = WhatIfRefused(code=451, text="The order value exceeds the Value Limit.")
    (blocked,) = blocked_buys((_BUY,), {_BUY: limit}, Decimal(0))
    assert (blocked.refused, blocked.fix) == (limit, Fix.RAISE_PRESET_LIMIT)
    kept = not_buyable(blocked)
    assert (kept.con_id, kept.reason) == (_BUY.con_id, Reason.REFUSED_BY_BROKER)
    assert kept.why.startswith(
        "what-if error 451: The order value exceeds the Value Limit. -> raise the limit in"
    )
    kid = WhatIfRefused(code=201, text="No KID available")
    (blocked,) = blocked_buys((_BUY,), {_BUY: kid}, Decimal(0))
    assert blocked.fix is Fix.REQUEST_PERMISSION
    (blocked,) = blocked_buys((_BUY,), {_BUY: _FUNDS}, Decimal(1_000))
    assert blocked.fix is None
    assert not_buyable(blocked).why == f"what-if error 201: {_FUNDS.text}"


def test_every_error_is_told_with_its_order() -> None:
    answers: dict[PlannedOrder, WhatIf] = {
        _SELL: None,
        _BUY: _FUNDS,
        single_share(_BUY): _KNOWN,
    }
    unknown = MarginUnknown(order=_BUY, refused=_FUNDS, one_is_taken=True)
    assert margin_unknown((_SELL, _BUY), answers) == (unknown,)
    told = explain_unknown(unknown)
    assert told.startswith("IBKR answered the what-if of BUY 10 E01 with error 201: ")
    assert told.endswith("its margin is unknown, but one share of it would be taken")
    alone = evolve(unknown, one_is_taken=False)
    assert margin_unknown((_BUY,), {_BUY: _FUNDS}) == (alone,)
    assert explain_unknown(alone).endswith("its margin is unknown")


@pytest.mark.parametrize(
    ("commission", "currency", "named"),
    [
        ("1.00", "USD", {}),
        ("1.01", "USD", {ConId(1): Decimal("1.01")}),
        ("9", "CAD", {}),
        (None, "USD", {}),
    ],
)
def test_a_commission_counts_where_it_is_more_dollars_than_are_reserved(
    commission: str | None, currency: str, named: dict[ConId, Decimal]
) -> None:
    said = MarginEffect(
        commission=None if commission is None else Decimal(commission), commission_currency=currency
    )
    assert dearer_than_reserved((_BUY,), {_BUY: said}, IBKR_COMMISSIONS) == named
    assert dearer_than_reserved((_BUY, _SELL), {_SELL: said}, IBKR_COMMISSIONS) in (
        {},
        {ConId(2): Decimal("1.01")},
    )
