"""What the records of a run say of it as a whole."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen


@frozen(kw_only=True)
class RunFacts:
    """What the records say of the run as a whole.

    `can_trade` false: no order could be sent, whatever the plans say. `warnings` are sentences.
    """

    run_id: str
    started_at: datetime
    can_trade: bool
    warnings: tuple[str, ...] = ()
