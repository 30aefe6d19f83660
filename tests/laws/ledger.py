"""The laws' own arithmetic, in fractions: it shares nothing with the planning it judges."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from attrs import evolve, frozen

from rebalancer_core.planning.plan import plan_account
from rebalancer_core.values.account import CashBalance, Position, Quote
from rebalancer_core.values.instruments import Symbol
from rebalancer_core.values.plan import Plan, PlannedOrder, Side
from rebalancer_core.values.policy import (
    BandRule,
    CashBufferType,
    Destination,
    UnlistedPositions,
)
from tests.support.strategies import Instance


@frozen(kw_only=True)
class Line:
    """One managed holding or target, in exact dollars."""

    symbol: Symbol
    price: Fraction
    held: Fraction
    gap: Fraction
    tradable: bool
    bought: Fraction
    sold: Fraction

    @property
    def target(self) -> Fraction:
        """What it should be worth."""
        return self.gap + self.held * self.price


@frozen(kw_only=True)
class Ledger:
    """An account as a person would add it up."""

    cash: Fraction
    managed: Fraction
    net_liquidation: Fraction
    cash_target: Fraction
    is_scaled: bool
    buffer: Fraction
    cap: Fraction
    floor: Fraction
    lot: Fraction
    lines: dict[Symbol, Line]

    @property
    def gross(self) -> Fraction:
        """Gross position value, kept holdings included."""
        return self.net_liquidation - self.cash

    @property
    def is_over(self) -> bool:
        """Whether gross is above the cap: then a plan sells for it, bands aside."""
        return self.gross > self.cap

    @property
    def portfolio_drift(self) -> Fraction:
        """Half of the sum of |drift|, CASH included."""
        gaps = sum(abs(line.gap) for line in self.lines.values())
        return (gaps + abs(self.cash_target - self.cash)) / 2 / self.managed


def ledger(instance: Instance) -> Ledger:
    """The figures of the account before any trade."""
    rules, positions = instance.policy, instance.snapshot.positions
    prices = {q.symbol: Fraction(q.price) for q in instance.quotes if isinstance(q, Quote)}
    weights = {w.symbol: Fraction(w.fraction) for w in instance.targets.weights}
    held = {
        p.symbol: Fraction(p.quantity)
        for p in positions
        if (p.security_type, p.currency) == ("STK", "USD")
    }
    kept = held.keys() - weights.keys()
    if rules.unlisted_positions is UnlistedPositions.SELL:
        weights |= dict.fromkeys(kept, Fraction(0))
        kept = kept - weights.keys()
    cash = sum(
        (Fraction(b.amount) for b in instance.snapshot.cash if b.currency == "USD"), Fraction()
    )
    managed = cash + sum(held[s] * prices[s] for s in held if s in weights)
    total = managed + sum(held[s] * prices[s] for s in kept)
    blocked = {q.symbol for q in instance.quotes if isinstance(q, Quote) and q.block}
    percent = rules.cash_buffer_type is CashBufferType.PCT
    buffer = (
        Fraction(rules.cash_buffer_pct) * managed if percent else Fraction(rules.cash_buffer_abs)
    )
    cap = Fraction(rules.max_leverage) * total
    cash_weight = Fraction(instance.targets.cash)
    asked = cash_weight * managed
    most = _down((cap - buffer - (total - managed)) / managed) if managed > 0 else Fraction()
    gross = sum(weights.values(), Fraction())
    if gross > most:
        factor = max(most, Fraction()) / gross
        weights = {symbol: _down(weight * factor) for symbol, weight in weights.items()}
        cash_weight = 1 - sum(weights.values(), Fraction())
    spreads = {q.symbol: _spread(q) for q in instance.quotes if isinstance(q, Quote)}
    return Ledger(
        cash=cash,
        managed=managed,
        net_liquidation=total,
        cash_target=cash_weight * managed,
        is_scaled=gross > most,
        buffer=buffer,
        cap=cap,
        floor=max(asked + buffer if asked < 0 else max(asked, buffer), total - cap + buffer),
        lot=Fraction(1, 10_000) if rules.allow_fractional else Fraction(1),
        lines={
            symbol: Line(
                symbol=symbol,
                price=prices.get(symbol, Fraction(0)),
                held=held.get(symbol, Fraction(0)),
                gap=weight * managed
                - held.get(symbol, Fraction(0)) * prices.get(symbol, Fraction(0)),
                tradable=symbol in prices and symbol not in blocked,
                bought=spreads.get(symbol, _NONE)[0],
                sold=spreads.get(symbol, _NONE)[1],
            )
            for symbol, weight in weights.items()
        },
    )


_NONE = Fraction(), Fraction()


def _down(fraction: Fraction) -> Fraction:
    return Fraction(floor(fraction * 10**12), 10**12)


def _spread(quote: Quote) -> tuple[Fraction, Fraction]:
    """What a share is bought and sold for."""
    price = Fraction(quote.price)
    if quote.bid is None or quote.ask is None:
        return price, price
    bid, ask = Fraction(quote.bid), Fraction(quote.ask)
    half = max(Fraction(), ask - bid) / 2
    return max(ask, price + half), min(bid, price - half)


def planned(instance: Instance) -> Plan:
    """The plan of an account that can be planned."""
    return plan_account(
        snapshot=instance.snapshot,
        quotes=instance.quotes,
        targets=instance.targets,
        policy=instance.policy,
        commissions=instance.commission,
        symbol_rules=instance.symbol_rules,
        flow=instance.flow,
    ).unwrap()


def signed(order: PlannedOrder) -> Fraction:
    """Dollars that go into the holding; negative for a sell."""
    value = Fraction(order.quantity) * Fraction(order.price)
    return value if order.side is Side.BUY else -value


def cash_after(before: Ledger, orders: Iterable[PlannedOrder]) -> Fraction:
    """Cash once these are filled."""
    return before.cash - sum(signed(order) for order in orders)


def cost(instance: Instance, before: Ledger, order: PlannedOrder) -> Fraction:
    """What an order costs beside its price: the reserve of the requirement, in its own words."""
    line, shares = before.lines[order.symbol], Fraction(order.quantity)
    per_share = Fraction(instance.commission.per_share)
    least_fee = Fraction(instance.commission.minimum)
    if order.side is Side.SELL:
        return shares * (line.price - line.sold) + max(least_fee, shares * per_share)
    block = least_lots(instance, before, line) * before.lot
    return shares * (line.bought - line.price + per_share) + max(
        Fraction(), least_fee - block * per_share
    )


def least_lots(instance: Instance, before: Ledger, line: Line) -> int:
    """The lots of the smallest order."""
    return max(1, ceil(smallest_order(instance) / (line.price * before.lot)))


def smallest_order(instance: Instance) -> Fraction:
    """Dollars: an order of less is too small, or cannot come as much closer as it must."""
    rules = instance.policy
    return Fraction(max(rules.min_order_usd, rules.min_improvement_usd))


def band_of(instance: Instance, before: Ledger, line: Line) -> Fraction:
    """Dollars that a holding may be from its target in per_holding mode."""
    rules = instance.policy
    own = {rule.symbol: rule.band_bps for rule in instance.symbol_rules}.get(line.symbol)
    if not line.target:
        return Fraction()
    if own is not None:
        return Fraction(own) / 10_000 * before.managed
    absolute = Fraction(rules.per_holding_band_bps) / 10_000 * before.managed
    relative = Fraction(rules.relative_band_pct) / 100 * line.target
    return {
        BandRule.ABSOLUTE: absolute,
        BandRule.RELATIVE: relative,
        BandRule.NARROWER: min(absolute, relative),
        BandRule.WIDER: max(absolute, relative),
    }[rules.band_rule]


def destination_of(instance: Instance, before: Ledger, line: Line) -> Fraction:
    """Dollars from its target at which a trade may stop, costs aside."""
    band = band_of(instance, before, line)
    inside = Fraction(instance.policy.destination_bps) / 10_000 * before.managed
    return {
        Destination.TARGET: Fraction(),
        Destination.EDGE: band,
        Destination.HALFWAY: band / 2,
        Destination.INSIDE: min(inside, band),
    }[instance.policy.destination]


def share_of_costs(instance: Instance, before: Ledger, line: Line) -> Fraction:
    """By how much its target falls for each dollar of costs: more than its weight at the cap."""
    weight = line.target / before.managed
    if not before.is_scaled:
        return weight
    gross = sum((each.target for each in before.lines.values()), Fraction()) / before.managed
    return weight * Fraction(instance.policy.max_leverage) / gross if gross else Fraction()


def is_barred(instance: Instance, line: Line) -> bool:
    """Whether the user's rules for its symbol forbid the trade that its drift asks for."""
    for rule in instance.symbol_rules:
        if rule.symbol == line.symbol:
            return rule.hold or (rule.no_buy if line.gap > 0 else rule.no_sell)
    return False


def cash_left(instance: Instance, before: Ledger, orders: Iterable[PlannedOrder]) -> Fraction:
    """Cash once these are filled and their costs paid."""
    orders = tuple(orders)
    return cash_after(before, orders) - sum(
        (cost(instance, before, order) for order in orders), Fraction()
    )


def executed(instance: Instance, plan: Plan) -> Instance:
    """The account after every order is filled completely at the plan's prices, costs paid."""
    moved = {o.symbol: o.quantity if o.side is Side.BUY else -o.quantity for o in plan.orders}
    before = {p.symbol: p for p in instance.snapshot.positions if p.security_type == "STK"}
    con_ids = {q.symbol: q.con_id for q in instance.quotes}
    bought = tuple(
        Position(
            con_id=con_ids[symbol],
            symbol=symbol,
            security_type="STK",
            currency="USD",
            quantity=quantity,
        )
        for symbol, quantity in moved.items()
        if symbol not in before
    )
    kept = tuple(
        evolve(p, quantity=p.quantity + moved.get(p.symbol, Decimal(0)))
        if p.security_type == "STK"
        else p
        for p in instance.snapshot.positions
    )
    spent = sum(
        (o.value_usd if o.side is Side.BUY else -o.value_usd for o in plan.orders), Decimal(0)
    )
    paid = instance.snapshot.usd_cash - spent - plan.reserve_usd
    cash = CashBalance(currency="USD", amount=paid)
    return evolve(
        instance, snapshot=evolve(instance.snapshot, positions=kept + bought, cash=(cash,))
    )


@frozen(kw_only=True)
class Wish:
    """A candidate: `nearest` lots at most, nothing between 0 and `least`; `lot` in dollars."""

    line: Line
    lot: Fraction
    nearest: int
    least: int

    def cash(self, instance: Instance, before: Ledger, lots: int) -> Fraction:
        """What so many lots bring of cash, costs paid; below 0 for a buy."""
        per_share = Fraction(instance.commission.per_share) * before.lot
        least_fee = Fraction(instance.commission.minimum)
        if not lots:
            return Fraction()
        if self.line.gap < 0:
            return lots * self.line.sold * before.lot - max(least_fee, lots * per_share)
        first = max(Fraction(), least_fee - self.least * per_share)
        return -lots * (self.line.bought * before.lot + per_share) - first

    def affordable(self, instance: Instance, before: Ledger, cash: Fraction) -> int:
        """The most lots of a buy that so much cash pays; 0 where not the smallest order."""
        paid = cash + self.cash(instance, before, self.least)
        if paid < 0:
            return 0
        one_more = self.cash(instance, before, self.least)
        one_more -= self.cash(instance, before, self.least + 1)
        return self.least + int(paid / one_more)

    def removed(self, lots: int) -> Fraction:
        """By how much so many lots reduce |gap|."""
        return abs(self.line.gap) - abs(abs(self.line.gap) - lots * self.lot)


def wishes(instance: Instance, before: Ledger) -> list[Wish]:
    """The candidates of per_holding mode by priority, each to its destination."""
    to_target = _to_target(instance, before)
    most = sum((_reckoned(instance, before, wish) for wish in to_target), Fraction())
    found = []
    for wish in to_target:
        line = wish.line
        distance, band = (f(instance, before, line) for f in (destination_of, band_of))
        if line.gap < 0 and distance:
            # Costs make a holding heavier and its band narrower: a sell leaves room for them.
            room = (share_of_costs(instance, before, line) + band / before.managed) * most
            distance = max(Fraction(), min(distance, band - room))
        lots = wish.nearest
        if destination_of(instance, before, line):
            lots = min(lots, ceil((abs(line.gap) - distance) / wish.lot))
        if lots < wish.least:
            lots = wish.least
            if lots * wish.lot > abs(line.gap):
                continue
        found.append(evolve(wish, nearest=lots))
    return found


def _reckoned(instance: Instance, before: Ledger, wish: Wish) -> Fraction:
    """What it costs beside its price."""
    value = wish.nearest * wish.lot
    return (value if wish.line.gap < 0 else -value) - wish.cash(instance, before, wish.nearest)


def _to_target(instance: Instance, before: Ledger) -> list[Wish]:
    rules = instance.policy
    minimum, least_gain = Fraction(rules.min_order_usd), Fraction(rules.min_improvement_usd)
    found = []
    for line in sorted(before.lines.values(), key=lambda each: (-abs(each.gap), each.symbol)):
        gap = abs(line.gap)
        outside = gap > band_of(instance, before, line)
        if not (outside and line.tradable and gap >= minimum) or is_barred(instance, line):
            continue
        lot = line.price * before.lot
        nearest = ceil(gap / lot - Fraction(1, 2))
        if line.gap < 0:
            nearest = min(nearest, floor(line.held / before.lot))
        least = max(1, ceil(max(minimum, least_gain) / lot))
        gain = gap - abs(gap - nearest * lot)
        if nearest > 0 and nearest * lot >= minimum and gain >= least_gain:
            found.append(Wish(line=line, lot=lot, nearest=nearest, least=least))
    return found
