"""A model of what an account holds: it sums to 100, and is exact enough for every band."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from rebalancer_core.reporting.account_worth import AccountWorth, HoldingWorth
from rebalancer_core.reporting.held_model import held_model
from rebalancer_core.values.instruments import AccountId, ConId, Listing, Symbol
from rebalancer_core.values.money import HUNDRED, ratio

ACCOUNT = AccountId("DU111111")
SHARE = Decimal("0.0005")  # of the weight itself: a relative band of any use is far wider
HALF_A_BASIS_POINT = Decimal("0.00005")


def _worth(*dollars: Decimal, cash: Decimal) -> AccountWorth:
    managed = sum(dollars, cash)
    return AccountWorth(
        net_liquidation=managed,
        managed_net_liquidation=managed,
        cash_weight=ratio(cash, managed),
        holdings=tuple(
            HoldingWorth(con_id=ConId(number), value_usd=value, weight=ratio(value, managed))
            for number, value in enumerate(dollars)
        ),
    )


def _listings(count: int) -> tuple[Listing, ...]:
    return tuple(
        Listing(con_id=ConId(number), symbol=Symbol(f"E{number}"), primary_exchange="ARCA")
        for number in range(count)
    )


_dollars = st.decimals("0.01", "9999999", places=2, allow_nan=False)


@given(values=st.lists(_dollars, min_size=1, max_size=30), cash=_dollars)
def test_it_sums_to_exactly_100_and_every_weight_is_exact_enough(
    values: list[Decimal], cash: Decimal
) -> None:
    worth = _worth(*values, cash=cash)
    model = held_model(ACCOUNT, worth, _listings(len(values)))
    assert sum((each.percent for each in model.weights), model.cash_percent) == HUNDRED
    weights = {f"E{each.con_id}": each.weight for each in worth.holdings}
    assert {each.symbol for each in model.weights} == set(weights)
    for each in model.weights:
        weight = weights[each.symbol]
        assert weight is not None
        error = abs(each.percent / HUNDRED - weight)
        assert error <= min(HALF_A_BASIS_POINT, SHARE * weight), each


def test_the_largest_comes_first_and_borrowed_cash_is_negative() -> None:
    worth = _worth(Decimal(2000), Decimal(9000), cash=Decimal(-1000))
    model = held_model(ACCOUNT, worth, _listings(2))
    assert [(each.symbol, str(each.percent)) for each in model.weights] == [
        ("E1", "90.00"),
        ("E0", "20.00"),
    ]
    assert model.cash_percent == Decimal(-10)
