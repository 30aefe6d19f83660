"""The questions of `rebalance init`: each is asked again until its answer can be used."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import TypeVar

from attrs import evolve, frozen

from rebalancer_adapters.ground.problems import Wrong
from rebalancer_adapters.settings.grammars import account_id, host, is_loopback, whole
from rebalancer_cli.sample_files import Start
from rebalancer_cli.screen.starting import (
    ACCOUNT_EXAMPLE,
    HOLDINGS_PROMPT,
    NO_ACCOUNT,
    YES_OR_NO,
    accounts_prompt,
    host_prompt,
    models_prompt,
    models_sum_to,
    not_managed,
    not_models,
    port_prompt,
    remote_prompt,
    wrapped,
    written_models,
)
from rebalancer_cli.terminal.terminal import Terminal
from rebalancer_core.values.instruments import AccountId
from rebalancer_core.values.money import HUNDRED, ZERO, decimal_from_text

T = TypeVar("T")
Models = tuple[tuple[str, Decimal], ...]

_MODEL = re.compile(r"(?P<name>.*[^ =:])(?: *[=:] *| +)(?P<percent>[0-9.]+) *%?")
_ANSWERS = {"y": True, "yes": True, "n": False, "no": False}


class InputEnded(Exception):  # noqa: N818 - it is no error: nobody types any more
    """The keyboard said that nothing more comes (Ctrl+D)."""


@frozen(kw_only=True)
class FirstQuestions:
    """Asks at a terminal. Raises InputEnded where the input ends."""

    terminal: Terminal

    async def gateway(self, start: Start) -> Start:
        """Where the gateway is; another machine is asked about twice."""
        while True:
            name = await self._until(host_prompt(start.host), start.host, host().parse)
            allowed = is_loopback(name) or await self._yes(remote_prompt(name), default=False)
            if allowed:
                break
        port = await self._until(port_prompt(start.port), str(start.port), whole(1, 65535).parse)
        return evolve(start, host=name, port=port, allow_remote=not is_loopback(name))

    async def accounts(
        self, default: tuple[str, ...], managed: tuple[AccountId, ...]
    ) -> tuple[str, ...]:
        """Account ids; those that are `managed` where any are known."""

        prompt, usual = accounts_prompt(default), ", ".join(default)
        return await self._until(prompt, usual, lambda text: parsed_accounts(text, managed))

    async def starts_from_holdings(self) -> bool:
        """Whether portfolios.csv is to hold what the accounts hold."""
        return await self._yes(HOLDINGS_PROMPT, default=True)

    async def models(self, default: Models) -> Models:
        """Names with their shares, which sum to 100 percent."""
        usual = written_models(default)
        while True:
            text = await self._line(models_prompt(default)) or usual
            models = parsed_models(text)
            total = sum((percent for _, percent in models), ZERO)
            if models and total == HUNDRED:
                return models
            self._say(models_sum_to(total) if models else not_models(text))

    async def _until(self, prompt: str, default: str, parse: Callable[[str], T | Wrong]) -> T:
        while True:
            value = parse(await self._line(prompt) or default)
            if not isinstance(value, Wrong):
                return value
            self._say(f"{value.problem} -> {value.fix}")

    async def _yes(self, prompt: str, *, default: bool) -> bool:
        while True:
            text = (await self._line(prompt)).lower()
            if not text:
                return default
            if text in _ANSWERS:
                return _ANSWERS[text]
            self._say(YES_OR_NO)

    async def _line(self, prompt: str) -> str:
        line = await self.terminal.ask(prompt)
        if line is None:
            raise InputEnded
        return line

    def _say(self, text: str) -> None:
        self.terminal.note(wrapped(text, self.terminal.width))


def parsed_accounts(text: str, managed: tuple[AccountId, ...]) -> tuple[str, ...] | Wrong:
    """The accounts of a typed line, each once, or what is wrong with one of them."""
    if text.lower() == "all" and managed:
        return managed
    named = tuple(dict.fromkeys(each.strip() for each in text.split(",") if each.strip()))
    for each in named:
        read = account_id(each)
        if isinstance(read, Wrong):
            return read
        if managed and read not in managed:
            return Wrong(problem=not_managed(each), fix=", ".join(managed))
    return named or Wrong(problem=NO_ACCOUNT, fix=ACCOUNT_EXAMPLE)


def parsed_models(text: str) -> Models:
    """The models of a typed line; one without a percentage is all; empty where it is none.

    >>> parsed_models("MY CORE = 62.5 %, GROWTH 37.5")
    (('MY CORE', Decimal('62.5')), ('GROWTH', Decimal('37.5')))
    >>> parsed_models("CORE"), parsed_models("CORE, GROWTH"), parsed_models("60")
    ((('CORE', Decimal('100')),), (), ())
    """
    parts = [each.strip() for each in text.split(",")]
    if len(parts) == 1 and decimal_from_text(parts[0]) is None and not _MODEL.fullmatch(parts[0]):
        return ((parts[0], HUNDRED),) if parts[0] else ()
    found = [_MODEL.fullmatch(each) for each in parts]
    read = [
        (each["name"], percent)
        for each in found
        if each is not None and (percent := decimal_from_text(each["percent"])) is not None
    ]
    return tuple(read) if len(read) == len(parts) else ()
