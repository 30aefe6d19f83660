"""Precautionary settings: the most that the presets of TWS let one order be.

Source: the error table of the TWS API documentation, 383 and 451; TWS sets a size limit of 500.
"""

from decimal import Decimal

from rebalancer_adapters.gateway.exchange.refusal import Refusal
from rebalancer_adapters.gateway.market import Instrument, Market
from rebalancer_adapters.gateway.settings import GatewaySettings, PresetLimit
from rebalancer_adapters.gateway.terms import OrderTerms

_USUAL = PresetLimit(number=Decimal(500), is_shares=True)
_WHERE = "Restriction is specified in Precautionary Settings of Global Configuration/Presets."


def check_presets(market: Market, instrument: Instrument, terms: OrderTerms) -> Refusal | None:
    """383 for too many shares, 451 for too much money; None where no precaution holds."""
    limit = _limit(market.settings)
    if limit is None:
        return None
    quantity = terms.quantity or Decimal(0)
    name = f"{terms.action} {quantity:f} {instrument.symbol}"
    if limit.is_shares:
        text = f'The following order "{name}" size exceeds the Size Limit of {limit.number:f}.'
        return Refusal(383, f"{text}\n{_WHERE}") if quantity > limit.number else None
    price = terms.limit_price or market.quote(instrument.con_id).ask
    value = quantity * price * instrument.multiplier
    text = (
        f'The following order "{name}" value estimate of {value:.2f} {instrument.currency} '
        f"exceeds the Total Value Limit of {limit.number:f} {instrument.currency}."
    )
    return Refusal(451, f"{text}\n{_WHERE}") if value > limit.number else None


def _limit(settings: GatewaySettings) -> PresetLimit | None:
    if settings.precautionary_limits is not None:
        return settings.precautionary_limits
    return None if settings.bypass_order_precautions else _USUAL
