"""What-if questions end with figures, an error or nothing, in bounded time; none is an order."""

import asyncio
from decimal import Decimal

import pytest

from rebalancer_adapters.gateway import Alter, Delay, Gateway, Mute, Scenario, on_messages
from rebalancer_adapters.gateway.requests.parse import parse_request
from rebalancer_adapters.gateway.requests.values import PlaceOrder
from rebalancer_adapters.gateway.terms import OrderTerms
from rebalancer_adapters.ib.session import TradingSession
from rebalancer_core.orders.events import Commissioned, LinkDown, LinkUp
from rebalancer_core.orders.tickets import OrderStyle
from rebalancer_core.values.instruments import AccountId, Symbol
from rebalancer_core.values.margin import MarginEffect, Shift, WhatIf, WhatIfRefused
from rebalancer_core.values.plan import PlannedOrder, Side
from rebalancer_core.values.policy import AlgoPreference
from tests.adapters.ib.stage import play
from tests.contract.harness import facts_until, ticket
from tests.contract.worlds import CON_IDS, IEF, SPY, USD_ACCOUNT

_OPEN_ORDER = 5
_ERROR = 4
_PLACE = 3
_CODE_FIELD = 3
_LESS_THAN_ITS_PATIENCE = 4
_SHORT_PATIENCE = 1
_PLAIN = OrderStyle()


def _order(symbol: Symbol, quantity: int, side: Side = Side.BUY) -> PlannedOrder:
    return PlannedOrder(
        con_id=CON_IDS[symbol],
        symbol=symbol,
        side=side,
        quantity=Decimal(quantity),
        price=Decimal(100),
    )


_TOO_MUCH = _order(SPY, 2000)


def test_the_effect_has_margins_before_and_change_and_the_commission() -> None:
    (effect,) = _asked((_order(SPY, 4),))
    assert effect == MarginEffect(
        initial=Shift(before=Decimal("4187.5"), change=Decimal(600)),
        maintenance=Shift(before=Decimal("4187.5"), change=Decimal(600)),
        equity_with_loan=Shift(before=Decimal(26750), change=Decimal(-1)),
        commission=Decimal(1),
        commission_currency="USD",
    )


def test_the_first_answer_has_no_figures_and_is_not_taken_for_the_answer() -> None:
    without_the_second = on_messages(Mute(), message_id=_OPEN_ORDER, first=2)
    assert _asked((_order(SPY, 4),), without_the_second) == (None,)


def test_each_order_gets_its_own_answer() -> None:
    orders = (_order(SPY, 4, Side.SELL), _TOO_MUCH, _order(IEF, 10))
    sell, refused, buy = _asked(orders)
    assert isinstance(sell, MarginEffect)
    assert sell.initial is not None
    assert sell.initial.change == -600
    assert isinstance(refused, WhatIfRefused)
    assert refused.code == 201
    assert "MUST EXCEED THE INITIAL MARGIN" in refused.text
    assert isinstance(buy, MarginEffect)
    assert buy.initial is not None
    assert buy.initial.change == Decimal("237.5")


@pytest.mark.parametrize("code", [201, 321, 399, 435, 19999])
def test_an_error_is_an_answer_with_its_code_and_text(code: int) -> None:
    said = on_messages(Alter(field=_CODE_FIELD, text=str(code)), message_id=_ERROR)

    async def story(gateway: Gateway, session: TradingSession) -> None:
        gateway.play(said)
        asked = session.order_desk().what_if(USD_ACCOUNT, (_TOO_MUCH,), _PLAIN)
        (answer,) = await asyncio.wait_for(asked, _LESS_THAN_ITS_PATIENCE)
        assert isinstance(answer, WhatIfRefused)
        assert answer.code == code
        assert "MUST EXCEED THE INITIAL MARGIN" in answer.text
        told = session.notices()[-1]
        assert f"{code}" in told
        assert "what-if of SPY" in told

    play(story)


def test_a_broker_that_stays_silent_is_not_waited_for() -> None:
    orders = (_order(SPY, 4),) * 45
    silence = on_messages(Mute(), message_id=_OPEN_ORDER)
    assert _asked(orders, silence) == (None,) * 45


def test_an_answer_after_its_time_is_no_order_and_no_damage() -> None:
    late = on_messages(Delay(seconds=Decimal("1.2")), message_id=_OPEN_ORDER)

    async def story(gateway: Gateway, session: TradingSession) -> None:
        desk = session.order_desk()
        assert await desk.what_if(USD_ACCOUNT, (_order(SPY, 4),), _PLAIN) == (None,)
        assert await desk.facts(1.5) == ()
        assert len(gateway.record.sent(_OPEN_ORDER)) == 2
        assert (await desk.evidence(USD_ACCOUNT)).unwrap() == ()

    play(story, scenario=late, timeout_seconds=_SHORT_PATIENCE)


def test_the_question_is_the_order_itself_but_without_its_name() -> None:
    style = OrderStyle(algo=AlgoPreference.MIDPRICE)

    async def story(gateway: Gateway, session: TradingSession) -> OrderTerms:
        await session.order_desk().what_if(USD_ACCOUNT, (_order(SPY, 4),), style)
        (frame,) = gateway.record.received(_PLACE)
        request = parse_request(frame.fields, 178)
        assert isinstance(request, PlaceOrder)
        return request.terms

    terms = play(story)
    assert (terms.what_if, terms.order_ref, terms.account) == (True, "", USD_ACCOUNT)
    assert (terms.order_type, terms.tif, terms.quantity) == ("MIDPRICE", "DAY", Decimal(4))


def test_the_number_of_a_question_is_never_that_of_an_order() -> None:
    order = ticket(SPY, 4)

    async def story(gateway: Gateway, session: TradingSession) -> None:
        desk = session.order_desk()
        await desk.what_if(USD_ACCOUNT, (_order(SPY, 4), _order(SPY, 4, Side.SELL)), _PLAIN)
        desk.reserve(order.order_ref, 1).unwrap()
        (await desk.submit(order)).unwrap()
        facts = await facts_until(desk, lambda fs: any(isinstance(f, Commissioned) for f in fs))
        assert {f.order_ref for f in facts if not isinstance(f, LinkDown | LinkUp)} == {
            order.order_ref
        }
        numbers = [frame.fields[1] for frame in gateway.record.received(_PLACE)]
        assert len(set(numbers)) == 3

    play(story)


def test_nothing_is_asked_for_an_account_that_is_not_managed() -> None:
    async def story(gateway: Gateway, session: TradingSession) -> None:
        stranger = AccountId("DU999999")
        asked = session.order_desk().what_if(stranger, (_order(SPY, 4),), _PLAIN)
        assert await asked == (None,)
        assert gateway.record.received(_PLACE) == ()

    play(story)


def _asked(
    orders: tuple[PlannedOrder, ...], scenario: Scenario | None = None
) -> tuple[WhatIf, ...]:
    async def story(_gateway: Gateway, session: TradingSession) -> tuple[WhatIf, ...]:
        asked = session.order_desk().what_if(USD_ACCOUNT, orders, _PLAIN)
        effects = await asyncio.wait_for(asked, _LESS_THAN_ITS_PATIENCE)
        assert await session.order_desk().facts(0.05) == ()
        return effects

    return play(story, scenario=scenario, timeout_seconds=_SHORT_PATIENCE if scenario else 5)
