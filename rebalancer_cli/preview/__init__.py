"""What people read before, at and after the question: text that is safe on any console."""

from rebalancer_cli.preview.colour import coloured
from rebalancer_cli.preview.console import console_text
from rebalancer_cli.preview.outcomes import render_outcomes, render_summary
from rebalancer_cli.preview.plan_preview import PreviewContext, render_preview
from rebalancer_cli.preview.questions import (
    render_global_prompt,
    render_prompt,
    render_typed_prompt,
)

__all__ = [
    "PreviewContext",
    "coloured",
    "console_text",
    "render_global_prompt",
    "render_outcomes",
    "render_preview",
    "render_prompt",
    "render_summary",
    "render_typed_prompt",
]
