"""Weights as bars, told apart by place and shape as well as by colour: hollow, full, a line."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from attrs import frozen

from rebalancer_adapters.reports.page.markup import Markup, tag, text, together
from rebalancer_core.values.money import ONE, ZERO, plain, rounded

_WIDTH = Decimal(100)
_STEP = Decimal("0.01")
_BEFORE = (Decimal(2), "before")
_AFTER = (Decimal(10), "after")
_HEIGHT = 18


@frozen(kw_only=True)
class Scale:
    """The weights between which one account's bars are drawn; `low` <= 0 < `high`."""

    low: Decimal
    high: Decimal

    def place(self, weight: Decimal) -> Decimal:
        """Where a weight lies, from 0 to 100."""
        return rounded((weight - self.low) * _WIDTH / (self.high - self.low), _STEP)


def scale_of(weights: Iterable[Decimal | None]) -> Scale:
    """The scale that holds every weight, and zero.

    >>> scale_of((Decimal("0.6"), None, Decimal("-0.2")))
    Scale(low=Decimal('-0.2'), high=Decimal('0.6'))
    """
    known = tuple(weight for weight in weights if weight is not None)
    high = max(known, default=ZERO)
    return Scale(low=min((ZERO, *known)), high=high if high > ZERO else ONE)


def weight_bars(
    scale: Scale, before: Decimal | None, target: Decimal | None, after: Decimal | None
) -> Markup:
    """The bars of one holding; its figures stand beside them, so that readers aloud skip them."""
    zero = scale.place(ZERO)
    drawn = (
        _line("zero", zero),
        _bar(scale, zero, before, _BEFORE),
        _bar(scale, zero, after, _AFTER),
        _line("target", None if target is None else scale.place(target)),
    )
    return _picture("bars", *drawn)


def legend(after: str) -> Markup:
    """What the bars stand for; `after` says which weight the full bar is."""
    scale = Scale(low=ZERO, high=ONE)
    samples = (
        (weight_bars(scale, ONE, None, None), "upper bar, hollow: before"),
        (weight_bars(scale, None, Decimal("0.5"), None), "thick line: target"),
        (weight_bars(scale, None, None, ONE), f"lower bar, full: {after}"),
    )
    return tag(
        "p",
        *(tag("span", sample, tag("span", text(words))) for sample, words in samples),
        class_="legend",
    )


def _bar(scale: Scale, zero: Decimal, weight: Decimal | None, shape: tuple[Decimal, str]) -> Markup:
    if weight is None:
        return together()
    top, name = shape
    end = scale.place(weight)
    return tag(
        "rect",
        x=plain(min(zero, end)),
        y=plain(top),
        width=plain(abs(end - zero)),
        height="6",
        class_=name,
    )


def _line(name: str, at: Decimal | None) -> Markup:
    if at is None:
        return together()
    return tag("line", x1=plain(at), x2=plain(at), y1="0", y2=str(_HEIGHT), class_=name)


def _picture(name: str, *drawn: Markup) -> Markup:
    # The bars take the width of their column, whatever it is.
    return tag(
        "svg",
        *drawn,
        class_=name,
        viewBox=f"0 0 {_WIDTH} {_HEIGHT}",
        preserveAspectRatio="none",
        aria_hidden="true",
        focusable="false",
    )
