"""The end of a command before it had data: its code, and why."""

from __future__ import annotations

import click


class Ended(click.exceptions.Exit):
    """As `Exit`; `error` says why, for programs."""

    def __init__(self, code: int, error: str) -> None:
        super().__init__(code)
        self.error = error
