"""CSV reports survive every reader and run in none."""

import csv
import io
import re
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from returns.pipeline import is_successful

from rebalancer_adapters.reports.csv_reports import CsvReports, render_csv
from rebalancer_adapters.reports.page.run_page import render_page
from rebalancer_core.orders.tickets import OrderStyle
from rebalancer_core.ports import ReportPort
from rebalancer_core.reporting.cells import Cell, Table
from rebalancer_core.reporting.post_trade import post_trade_table
from rebalancer_core.reporting.pre_trade import pre_trade_table
from rebalancer_core.reporting.run_facts import RunFacts
from rebalancer_core.reporting.summary import summary_table
from tests.support.plan_factory import ACCOUNT, AS_OF, plan_of, record_of

PRE = pre_trade_table(plan_of(), OrderStyle(), AS_OF)
LIVE_STARTS = ("=", "+", "-", "@", "\t", "\r")
plain_texts = st.text(st.characters(exclude_categories=["Cs"]))
texts = plain_texts | st.builds("{}{}".format, st.sampled_from(LIVE_STARTS), plain_texts)
# What separates, quotes and begins a formula, in any order.
nasty_texts = st.text("=+-@;,\t\r\n\" 'x\uff1d", max_size=12)
numbers = st.decimals(allow_nan=False, allow_infinity=False, places=4)


def read_back(*cells: Cell) -> list[list[str]]:
    table = Table(columns=("first", "second"), rows=(cells,))
    return list(csv.reader(io.StringIO(render_csv(table), newline=""), strict=True))


def live_formulas(text: str) -> list[str]:
    """The cells that a spreadsheet of another country, or one blind to quotes, would run."""
    cells = [
        cell
        for separator in (";", "\t")
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        for cell in row
    ]
    blind = [
        *re.split(r"[;\t\r\n]", text),
        *(cell for line in re.split(r"[\r\n]", text) for cell in re.split(r"[,;]", line)),
    ]
    # Some trim what they read, and a quote that is out of its place vanishes.
    return [cell for cell in (*cells, *blind) if re.match(r'[\s"]*[=+\-@\uff1d]', cell)]


@given(texts | nasty_texts, texts | nasty_texts)
def test_any_text_survives_the_reading_and_is_never_a_live_formula(one: str, two: str) -> None:
    names, row = read_back(one, two)
    assert names == ["first", "second"]
    assert [cell.replace("'", "") for cell in row] == [text.replace("'", "") for text in (one, two)]
    assert not any(cell.startswith(LIVE_STARTS) for cell in row)


@given(texts | nasty_texts, texts | nasty_texts)
def test_no_text_is_a_live_formula_in_a_spreadsheet_that_splits_lines_elsewhere(
    one: str, two: str
) -> None:
    text = render_csv(Table(columns=("first", "second"), rows=((one, two), (two, one))))
    assert live_formulas(text) == []


@pytest.mark.parametrize("separator", [";", "\t", "\n", "\r", "\r\n", "; ", ';"', "\n,"])
@pytest.mark.parametrize("before", ["x", "", 'x"'])
def test_a_formula_behind_a_separator_of_another_country_is_shown_and_not_run(
    before: str, separator: str
) -> None:
    formula = f"{before}{separator}=HYPERLINK(1){separator}y"
    for cells in ((formula, "x"), ("x", formula), (Decimal(1), formula)):
        assert live_formulas(render_csv(Table(columns=("a", "b"), rows=(cells,)))) == []


def test_text_is_always_quoted_and_a_number_never() -> None:
    table = Table(columns=("a", "b"), rows=(("VTI", Decimal("-2.50")), (True, None), ("", "x")))
    assert render_csv(table) == '"a","b"\n"VTI",-2.50\n"true",\n"","x"\n'


@pytest.mark.parametrize(
    "text", ["kept, 5 to 7 shares; not in portfolios.csv", "a-b; c+d", "x -> y", 'say "no"', "a\nb"]
)
def test_a_text_that_is_no_formula_anywhere_is_left_as_it_is(text: str) -> None:
    assert read_back(text, "x")[1][0] == text


@pytest.mark.parametrize("start", [*LIVE_STARTS, "\n", "\uff1d"])
def test_a_formula_in_the_brokers_words_is_shown_and_not_run(start: str) -> None:
    text = f"{start}HYPERLINK(1)"
    assert read_back(text, "x")[1][0] == f"'{text}"


@given(numbers)
def test_numbers_stay_numbers_also_negative_ones(number: Decimal) -> None:
    _, row = read_back(number, "x")
    assert Decimal(row[0]) == number
    assert "E" not in row[0]


def test_what_is_not_known_is_blank_and_a_flag_is_a_word() -> None:
    assert read_back(None, True)[1] == ["", "true"]


def test_every_line_ends_with_a_line_feed_alone() -> None:
    text = render_csv(PRE)
    assert "\r" not in text
    assert text.endswith("\n")
    assert len(text.splitlines()) == 1 + 4


def _facts(run_id: str) -> RunFacts:
    return RunFacts(run_id=run_id, started_at=AS_OF, can_trade=True)


def test_each_report_has_its_name_with_account_and_time(tmp_path: Path) -> None:
    reports: ReportPort = CsvReports(directory=tmp_path, started_at=AS_OF)
    paths = [
        reports.write_pre_trade(ACCOUNT, PRE).unwrap(),
        reports.write_post_trade(
            ACCOUNT, post_trade_table(record_of(plan_of()), None, AS_OF)
        ).unwrap(),
        reports.write_summary(summary_table(())).unwrap(),
        reports.write_page(_facts("1"), ()).unwrap(),
    ]
    assert [Path(path).name for path in paths] == [
        "rebalance_pre_DU111111_20260102T150405Z.csv",
        "rebalance_post_DU111111_20260102T150405Z.csv",
        "run_summary_20260102T150405Z.csv",
        "rebalance_20260102T150405Z.html",
    ]
    assert Path(paths[0]).read_bytes() == render_csv(PRE).encode()


def test_two_runs_in_one_second_both_keep_their_reports(tmp_path: Path) -> None:
    first, second = (CsvReports(directory=tmp_path, started_at=AS_OF) for _ in range(2))
    kept = Path(first.write_summary(PRE).unwrap())
    later = Path(second.write_summary(summary_table(())).unwrap())
    assert later.name == "run_summary_20260102T150405Z-2.csv"
    assert kept.read_text(encoding="utf-8") == render_csv(PRE)


def test_a_page_never_takes_the_place_of_another(tmp_path: Path) -> None:
    first, second = (CsvReports(directory=tmp_path, started_at=AS_OF) for _ in range(2))
    kept = Path(first.write_page(_facts("first"), ()).unwrap())
    later = Path(second.write_page(_facts("second"), ()).unwrap())
    assert (kept.name, later.name) == (
        "rebalance_20260102T150405Z.html",
        "rebalance_20260102T150405Z-2.html",
    )
    for path, name in ((kept, "first"), (later, "second")):
        assert path.read_text(encoding="utf-8") == render_page(_facts(name), ())


def test_a_report_that_cannot_be_written_is_a_fault_that_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("a file where the folder should be")
    reports = CsvReports(directory=tmp_path / "reports", started_at=AS_OF)
    fault = reports.write_summary(PRE).failure()
    assert fault.path == str(tmp_path / "reports" / "run_summary_20260102T150405Z.csv")
    assert not is_successful(reports.check_writable())
