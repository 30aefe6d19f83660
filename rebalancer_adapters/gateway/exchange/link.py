"""The link between TWS and its broker: while it is down, TWS neither hears nor sends anything."""


class BrokerLink:
    """Up, unless an outage is under way; `lost` is then its code and text, for newcomers too."""

    def __init__(self) -> None:
        self.lost: tuple[int, str] | None = None

    @property
    def is_up(self) -> bool:
        """Whether orders and positions are heard of."""
        return self.lost is None
