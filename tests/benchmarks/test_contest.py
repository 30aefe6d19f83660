"""A small contest without the solvers: what the tables say, they have counted."""

from benchmarks.contenders import naive, ours
from benchmarks.contest import contest, executed
from benchmarks.instances import instances
from benchmarks.problem import problem
from benchmarks.scaling import Size
from benchmarks.table import render_outcome, render_sizes
from rebalancer_core.values.policy import Sizing

OURS = ours("ours", Sizing.BEST)
ALL = (OURS, ours("by priority", Sizing.PRIORITY), naive())


def test_our_plans_are_admissible_and_done_after_one_fill() -> None:
    score = contest(instances(2, 28), ALL, OURS).scores["ours"]
    assert (score.inadmissible, score.again) == (0, 0)
    assert len(score.gaps_bps) == 28


def test_the_exchange_ends_no_further_from_the_targets_than_priority_and_truncating() -> None:
    scores = contest(instances(2, 28), ALL, OURS).scores
    totals = {name: sum(score.gaps_bps) for name, score in scores.items()}
    assert totals["ours"] == 0
    assert 0 <= totals["by priority"] < totals["naive greedy"]


def test_a_filled_account_holds_what_it_bought_and_its_cash_is_spent() -> None:
    drawn = next(instances(2, 1))
    before, bought = problem(drawn), {drawn.quotes[0].symbol: 3}
    after = problem(executed(drawn, bought))
    assert after.net_liquidation == before.net_liquidation
    assert after.cash == before.cash_after(bought)


def test_the_tables_name_everyone_and_the_largest_gap_with_its_cause() -> None:
    said = render_outcome(contest(instances(2, 7), ALL, OURS), "ours")
    assert [line.split("|")[1].strip() for line in said.splitlines()[2:5]] == [
        "ours",
        "by priority",
        "naive greedy",
    ]
    assert "of 7 accounts lack cash" in said
    assert "0 certificates are disproved" in said
    assert "Ours is furthest from the optimum, by 0.00 bps" in said


def test_the_cost_of_a_row_is_told_beside_its_ratio_to_the_first_size() -> None:
    sizes = (
        Size(accounts=1, symbols=30, seconds_a_row=2e-5),
        Size(accounts=1_000, symbols=500, seconds_a_row=3e-5),
    )
    assert [line.split() for line in render_sizes(sizes).splitlines()[2:]] == [
        ["|", "1", "x", "30", "|", "20.0", "|", "1.00", "|"],
        ["|", "1,000", "x", "500", "|", "30.0", "|", "1.50", "|"],
    ]
