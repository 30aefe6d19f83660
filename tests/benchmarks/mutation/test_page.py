"""What the tests missed is told completely, with the reason that was given for it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from benchmarks.mutation.page import Page, reasons, render_page
from benchmarks.mutation.verdicts import Tally, Verdict, read_verdicts, tallies
from benchmarks.mutation.work_tree import forget_survivors, with_methods_for_properties

MUTATED = '''
def x_band__mutmut_orig(gap):
    """Whether it is outside."""
    return gap > 1


def x_band__mutmut_1(gap):
    """Whether it is outside."""
    return gap >= 1


class Buy:
    def xǁBuyǁ_get_full__mutmut_orig(self):
        return 1

    def xǁBuyǁ_get_full__mutmut_1(self):
        return 2
'''
KILLED, SURVIVED, TIMED_OUT, UNTRIED = 1, 0, 36, None


def test_a_survivor_is_told_by_the_lines_that_changed(tmp_path: Path) -> None:
    (verdict, _) = _verdicts(tmp_path, SURVIVED, KILLED)
    assert verdict == Verdict(
        module="bands",
        function="bands.band",
        killed=False,
        timed_out=False,
        tried=True,
        was="return gap > 1",
        now="return gap >= 1",
    )


def test_a_property_is_known_by_its_own_name(tmp_path: Path) -> None:
    assert _verdicts(tmp_path, KILLED, SURVIVED)[1].function == "bands.full"


def test_a_mutant_that_never_ends_is_killed(tmp_path: Path) -> None:
    verdicts = _verdicts(tmp_path, TIMED_OUT, SURVIVED)
    assert tallies(verdicts) == {"bands": Tally(total=2, tried=2, killed=1, timed_out=1)}


def test_the_page_gives_each_survivor_its_reason(tmp_path: Path) -> None:
    text = """
[[survivor]]
function = "bands.band"
now = ["return gap >= 1"]
reason = "Equivalent: no gap is 1."
"""
    told = _page(_verdicts(tmp_path, SURVIVED, UNTRIED), reasons(text))
    assert "- return gap > 1\n+ return gap >= 1\n```\nEquivalent: no gap is 1.\n" in told
    assert "return 2" not in told
    assert "| bands | 2 | 1 | 0 | 0 | 1 | 0.0 |" in told
    assert "a random sample" in told


def test_a_survivor_without_a_reason_says_so(tmp_path: Path) -> None:
    assert "**no reason yet**" in _page(_verdicts(tmp_path, SURVIVED, KILLED), {})


def test_only_kills_are_kept_from_an_earlier_run(tmp_path: Path) -> None:
    _verdicts(tmp_path, KILLED, SURVIVED)
    forget_survivors(tmp_path)
    assert [v.tried for v in read_verdicts(tmp_path)] == [True, False]


def test_verdicts_that_were_cut_off_are_found_anew(tmp_path: Path) -> None:
    _verdicts(tmp_path, KILLED, KILLED)
    (tmp_path / "bands.py.meta").write_text('{"exit_code', encoding="utf-8")
    forget_survivors(tmp_path)
    assert read_verdicts(tmp_path) == ()


def test_a_property_becomes_a_method_that_can_be_mutated() -> None:
    source = "class A:\n    @property\n    def b(self) -> int:\n        return 1\n\n    c = 2\n"
    assert with_methods_for_properties(source) == (
        "class A:\n    def _get_b(self) -> int:\n        return 1\n    b = property(_get_b)\n\n"
        "    c = 2\n"
    )


def _verdicts(folder: Path, band: int | None, full: int | None) -> tuple[Verdict, ...]:
    codes = {
        "rebalancer_core.planning.bands.x_band__mutmut_1": band,
        "rebalancer_core.planning.bands.xǁBuyǁ_get_full__mutmut_1": full,
    }
    (folder / "bands.py").write_text(MUTATED, encoding="utf-8")
    meta = json.dumps({"exit_code_by_key": codes})
    (folder / "bands.py.meta").write_text(meta, encoding="utf-8")
    return read_verdicts(folder)


def _page(verdicts: tuple[Verdict, ...], why: dict[tuple[str, str], str]) -> str:
    return render_page(Page(day=date(2026, 1, 2), verdicts=verdicts, reasons=why))
