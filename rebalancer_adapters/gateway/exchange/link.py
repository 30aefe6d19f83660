"""The link between TWS and its broker: while it is down, TWS neither hears nor sends anything."""


class BrokerLink:
    """Up, unless an outage is under way."""

    def __init__(self) -> None:
        self.is_up = True
