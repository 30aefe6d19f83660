"""Whether the targets of an account leave room under its leverage cap."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from rebalancer_adapters.ground.problems import Kind, Problem
from rebalancer_adapters.settings.settings import Settings
from rebalancer_cli.messages import KEEP_OFF_CAP, close_to_cap
from rebalancer_cli.portfolio_files import portfolio_files, unknown_symbols
from rebalancer_core.planning.leverage import gross_of
from rebalancer_core.planning.targets import blended_targets
from rebalancer_core.values.money import ZERO, ratio
from rebalancer_core.values.results import Failed

_ROOM = Fraction(1, 10)


def settings_problems(
    loaded: Settings | Failed[tuple[Problem, ...]], *, strict: bool
) -> tuple[Problem, ...]:
    """What is wrong with settings, or only warned of; `strict` makes the warnings errors."""
    if isinstance(loaded, Failed):
        return loaded.error
    kind = Kind.WRONG if strict else Kind.WARNING
    strange = unknown_symbols(loaded, portfolio_files(loaded), kind)
    return (*loaded.warnings, *strange, *leverage_warnings(loaded, strict=strict))


def leverage_warnings(settings: Settings, *, strict: bool = False) -> tuple[Problem, ...]:
    """The accounts whose targets come close to their leverage cap, or pass it.

    `strict` makes these errors. A portfolios file that is wrong is left to who checks that file.
    """
    files = portfolio_files(settings)
    found: list[Problem] = []
    for account in settings.accounts:
        file, cap = files[account.portfolios_path], account.rebalance.max_leverage
        if isinstance(file, Failed):
            continue
        targets = blended_targets(file.portfolios, settings.blend)
        gross = gross_of(targets)
        # Without debt no price takes leverage above 1.
        if targets.cash < ZERO and gross > Fraction(cap) - _ROOM:
            leverage = ratio(Decimal(gross.numerator), Decimal(gross.denominator))
            found.append(
                Problem(
                    place=str(settings.path),
                    key=f"{account.account_id} rebalance.max_leverage",
                    problem=close_to_cap(leverage, cap),
                    fix=KEEP_OFF_CAP,
                    kind=Kind.WRONG if strict else Kind.WARNING,
                )
            )
    return tuple(found)
