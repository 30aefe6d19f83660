"""The flags of cash flows: amounts, accounts that they name, and what is wrong usage."""

from decimal import Decimal
from pathlib import Path

import click
import pytest

from rebalancer_adapters.settings.settings import Flags
from rebalancer_cli.flows import NO_FLOW, AskedFlow, asked_flow, with_flow
from rebalancer_cli.inputs import LocatedInputs, load_inputs
from rebalancer_core.values.flow import REBALANCE, BuyOnly, Invest, Raise, SellOnly


def _asked(invest: str | None = None, raised: str | None = None) -> AskedFlow:
    return asked_flow(invest, raised, buy_only=False, sell_only=False)


def test_each_flag_is_its_flow() -> None:
    assert _asked() == NO_FLOW
    assert _asked(invest="all").flow == Invest()
    assert _asked(invest=" 1234.50 ").flow == Invest(amount=Decimal("1234.50"))
    assert _asked(raised="5000").flow == Raise(amount=Decimal(5_000))
    assert asked_flow(None, None, buy_only=True, sell_only=False).flow == BuyOnly()
    assert asked_flow(None, None, buy_only=False, sell_only=True).flow == SellOnly()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("0", "'0' is not an amount above zero"),
        ("-5", "'-5' is not an amount"),
        ("1e3", "'1e3' is not an amount"),
        ("nan", "'nan' is not an amount"),
        ("", "'' is not an amount"),
        ("5,000", "--invest ID=AMOUNT,ID=AMOUNT"),
        ("DU111111=5,000", "--invest ID=AMOUNT,ID=AMOUNT"),
        ("DU111111=all", "'all' is not an amount"),
        ("=5", "--invest ID=AMOUNT,ID=AMOUNT"),
        ("DU111111=5,du111111=6", "--invest names DU111111 twice"),
    ],
)
def test_what_is_no_amount_is_wrong_usage(text: str, why: str) -> None:
    with pytest.raises(click.UsageError) as caught:
        _asked(invest=text)
    assert why in caught.value.message


def test_the_flags_exclude_each_other() -> None:
    with pytest.raises(click.UsageError, match="exclude each other"):
        _asked(invest="all", raised="5")
    with pytest.raises(click.UsageError, match="exclude each other"):
        asked_flow(None, None, buy_only=True, sell_only=True)


def test_amounts_of_single_accounts_leave_the_others_alone(tmp_path: Path) -> None:
    inputs = with_flow(_inputs(tmp_path), _asked(raised="DU222222=700.5"))
    assert [(a.settings.account_id, a.flow) for a in inputs.accounts] == [
        ("DU222222", Raise(amount=Decimal("700.5")))
    ]
    assert [(each.number, each.account_id) for each in inputs.untouched] == [
        (1, "DU111111"),
        (3, "DU333333"),
    ]


def test_a_flow_without_an_account_is_of_all_where_it_names_no_amount(tmp_path: Path) -> None:
    inputs = _inputs(tmp_path)
    assert [a.flow for a in with_flow(inputs, _asked(invest="all")).accounts] == [Invest()] * 3
    assert [a.flow for a in with_flow(inputs, NO_FLOW).accounts] == [REBALANCE] * 3
    with pytest.raises(click.UsageError, match="--invest wants an amount for each account"):
        with_flow(inputs, _asked(invest="5000"))
    with pytest.raises(click.UsageError, match="--invest names DU9, and the accounts of this run"):
        with_flow(inputs, _asked(invest="DU9=5000"))


def _inputs(folder: Path) -> LocatedInputs:
    (folder / "settings.ini").write_text(
        "[accounts]\nids = DU111111, DU222222, DU333333\n[models]\nCORE = 1\n"
    )
    (folder / "portfolios.csv").write_text("ETF,CORE\nVTI,100\n")
    return load_inputs(folder / "settings.ini", {}, Flags()).unwrap()
