"""Findings for people, a line each with its fix below, and for programs, one JSON object."""

from __future__ import annotations

import textwrap

from rebalancer_cli.run_exits import exit_of_findings
from rebalancer_cli.screen.console import console_text
from rebalancer_cli.screen.json_output import json_output
from rebalancer_core.application.doctor.findings import Consequence, Finding, Level
from rebalancer_core.messages import counted

_LEVEL_WIDTH = max(len(level.value) for level in Level) + 2
_NARROW = 60
_LEAST_WIDTH = 20


def render_findings(findings: tuple[Finding, ...], width: int) -> str:
    """A line a finding, wrapped to `width` columns, and the count at the end."""
    names = max((len(finding.check.value) for finding in findings), default=0) + 2
    lines = [line for finding in findings for line in _lines(finding, names, width)]
    return "\n".join([*lines, "", *textwrap.wrap(_count(findings), max(width, _LEAST_WIDTH))])


def findings_json(findings: tuple[Finding, ...]) -> str:
    """The same as one object; `exit_code` of a finding is null unless it is a problem."""
    return json_output(
        "doctor",
        {
            "exit_code": int(exit_of_findings(findings)),
            "findings": [
                {
                    "check": finding.check.value,
                    "level": finding.level.value,
                    "words": finding.words,
                    "fix": finding.fix,
                    "exit_code": _code(finding),
                }
                for finding in findings
            ],
        },
    )


def _code(finding: Finding) -> int | None:
    is_problem = finding.consequence is not Consequence.NONE
    return int(exit_of_findings((finding,))) if is_problem else None


def _lines(finding: Finding, names: int, width: int) -> list[str]:
    level, name = finding.level.value, finding.check.value
    words, fix = console_text(finding.words), console_text(finding.fix)
    if width < _NARROW:
        head, indent = f"{level} {name}: ", "  "
    else:
        head = f"{level:<{_LEVEL_WIDTH}}{name:<{names}}"
        indent = " " * len(head)
    return [
        *_wrapped(words, head, indent, width),
        *(_wrapped(f"-> {fix}", indent, f"{indent}   ", width) if fix else ()),
    ]


def _wrapped(text: str, first: str, later: str, width: int) -> list[str]:
    """Paths and addresses stay whole, so that they can be copied."""
    return textwrap.wrap(
        text,
        max(width, _LEAST_WIDTH),
        initial_indent=first,
        subsequent_indent=later,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _count(findings: tuple[Finding, ...]) -> str:
    count = {level: sum(each.level is level for each in findings) for level in Level}
    warnings = counted(count[Level.WARNING], "warning")
    if not count[Level.PROBLEM]:
        return f"Ready to run ({warnings})."
    problems = counted(count[Level.PROBLEM], "problem")
    code = int(exit_of_findings(findings))
    return f"{problems}, {warnings}, {count[Level.SKIPPED]} skipped; exit code {code}."
