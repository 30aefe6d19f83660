"""Fuzz targets: bytes in, nothing out. Whatever they hold, only a bug raises.

Each parser either takes the text or names problems with their places; the gateway's wire decoder
reads whole frames and requests, or says why it stops.
"""

import tempfile
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from returns.pipeline import is_successful
from returns.result import Result

from rebalancer_adapters.gateway.market import MarketFileError, load_market
from rebalancer_adapters.gateway.requests.parse import parse_request
from rebalancer_adapters.gateway.wire import (
    MAX_VERSION,
    MIN_VERSION,
    BadHello,
    Hello,
    choose_version,
    decode_frames,
    encode_frame,
    parse_hello,
)
from rebalancer_adapters.ground.file_text import FileText, decode
from rebalancer_adapters.ground.problems import Problem, sentence
from rebalancer_adapters.portfolios.portfolios_csv import portfolios_from_text
from rebalancer_adapters.saved.plan_json import plan_from_text
from rebalancer_adapters.saved.snapshot_json import snapshot_from_text
from rebalancer_adapters.settings.settings import Flags
from rebalancer_adapters.settings.settings_ini import settings_from_text
from rebalancer_core.values.portfolios import Blend, ModelShare

T = TypeVar("T")

_NAME = "f"
_BLEND = Blend(
    shares=(
        ModelShare(name="SMURF", fraction=Decimal("0.6")),
        ModelShare(name="BADASS", fraction=Decimal("0.4")),
    )
)


def settings_text(content: bytes) -> None:
    """settings.ini: settings, or errors with places; never both, never neither."""
    file = _file(content)
    if file is None:
        return
    settings = _taken(settings_from_text(file, Path(_NAME), {}, Flags()))
    if settings is not None:
        assert all(problem.is_warning for problem in settings.warnings)
        _check(settings.warnings)


def portfolios_text(content: bytes) -> None:
    """portfolios.csv: weights that sum to exactly 1, or problems with places."""
    file = _file(content)
    if file is None:
        return
    loaded = _taken(portfolios_from_text(file.text, _NAME, _BLEND))
    for portfolio in loaded.portfolios if loaded else ():
        weights = [weight.fraction for weight in portfolio.weights]
        assert sum(weights, portfolio.cash) == 1


def snapshot_text(content: bytes) -> None:
    """A snapshot file: a snapshot, or problems with the path of keys."""
    file = _file(content)
    if file is None:
        return
    _taken(snapshot_from_text(file))


def plan_text(content: bytes) -> None:
    """A plan file: the plan, or problems with the path of keys; nothing but what was saved."""
    file = _file(content)
    if file is None:
        return
    _taken(plan_from_text(file))


def market_file(content: bytes) -> None:
    """A market file of the gateway: a market, or its one error that names every problem."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / _NAME
        path.write_bytes(content)
        problems: tuple[str, ...] | None = None
        try:
            load_market(path)
        except MarketFileError as error:
            problems = error.problems
    assert problems is None or (problems and all(problems))


def wire(content: bytes) -> None:
    """The gateway's side of a socket: the hello, frames, and the requests that they are."""
    decoded = decode_frames(content)
    assert decoded.problem is None or not decoded.rest
    again = b"".join(map(encode_frame, decoded.frames))
    assert content.startswith(again)
    for fields in decoded.frames:
        for version in (MIN_VERSION, 176, MAX_VERSION):
            parse_request(fields, version)
    hello = parse_hello(content)
    if isinstance(hello, Hello):
        version_spoken = choose_version(hello)
        assert version_spoken is None or MIN_VERSION <= version_spoken <= MAX_VERSION
    elif isinstance(hello, BadHello):
        assert hello.problem


TARGETS: Mapping[str, Callable[[bytes], None]] = {
    "settings_text": settings_text,
    "portfolios_text": portfolios_text,
    "snapshot_text": snapshot_text,
    "plan_text": plan_text,
    "market_file": market_file,
    "wire": wire,
}


def _taken(loaded: Result[T, tuple[Problem, ...]]) -> T | None:
    """What was loaded; None with the problems checked, at least one of which is no warning."""
    if is_successful(loaded):
        return loaded.unwrap()
    assert not all(problem.is_warning for problem in loaded.failure())
    _check(loaded.failure())
    return None


def _file(content: bytes) -> FileText | None:
    text = decode(_NAME, content)
    if isinstance(text, Problem):
        _check((text,))
        return None
    return FileText(name=_NAME, text=text, sha256="")


def _check(problems: tuple[Problem, ...]) -> None:
    for problem in problems:
        assert problem.place.startswith(_NAME) or problem.place.startswith("environment"), problem
        assert problem.problem
        assert problem.fix
        assert sentence(problem)
