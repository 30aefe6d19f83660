"""How long the program under test waits: long enough to be seen waiting, and no longer."""

from collections.abc import Mapping

from attrs import frozen

PATIENCE_SECONDS = 90.0
"""How long a test waits for what must come: only a bug takes as long, on a busy machine too."""


@frozen(kw_only=True)
class Timing:
    """The pauses and patience of the program in tests; seconds, as settings.ini writes them.

    Between accounts and between the two looks of recovery nothing is waited for. In `troubled` runs
    something may never come: what a person would wait minutes for is given up after seconds. Prices
    and answers that never come are given up after a part of the usual time, `of_answers`.
    """

    between_accounts: str = "0"
    between_looks: str = "0"
    of_answers: str = "0.4"
    for_acknowledgement: str = "2"
    for_order: str = "10"
    for_commissions: str = "1"

    @property
    def environment(self) -> Mapping[str, str]:
        """For every process of the program."""
        return {
            "REBALANCE_RECOVERY_PAUSE": self.between_looks,
            "REBALANCE_PATIENCE": self.of_answers,
        }

    @property
    def settings(self) -> Mapping[str, str]:
        """For every settings.ini."""
        return {"pacing_sec": self.between_accounts}

    @property
    def troubled(self) -> Mapping[str, str]:
        """For the settings.ini of runs that wait in vain."""
        return {
            "ack_timeout_sec": self.for_acknowledgement,
            "order_deadline_sec": self.for_order,
            "commission_report_timeout": self.for_commissions,
        }


TIMING = Timing()
"""What tests use, unless one is about the time itself."""

UNHURRIED: Mapping[str, str] = dict.fromkeys(TIMING.environment, "")
"""The environment of a run on a live account: it refuses to trade while anything is shortened."""

IMPATIENT = Timing(for_acknowledgement="1", for_order="5")
"""Where an answer that counts is known to come at once, or never."""
