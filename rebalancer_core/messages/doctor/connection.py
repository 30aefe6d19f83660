"""What a handshake with the gateway showed: a state in one word, its sentence, and what helps."""

from __future__ import annotations

from attrs import frozen

from rebalancer_core.messages.counting import counted
from rebalancer_core.messages.doctor.fact import Fact
from rebalancer_core.messages.faults import section_of
from rebalancer_core.safety.limits import is_paper
from rebalancer_core.values.faults import ConnectCause
from rebalancer_core.values.first_connection import FirstConnection
from rebalancer_core.values.health import Healthy, Unhealthy

_LISTENERS = "4001 IB Gateway live, 4002 IB Gateway paper, 7496 TWS live, 7497 TWS paper"


@frozen(kw_only=True)
class Serving(Fact):
    """The gateway would serve a session."""

    found: Healthy

    @property
    def words(self) -> str:
        found = self.found
        place = f"{found.host}:{found.port}"
        parts = (
            f"connected to {place} as client {found.client_id}{self._passed_over}",
            f"server version {found.server_version}",
            f"{counted(len(found.accounts), f'{self.mode} account')}: {', '.join(found.accounts)}",
        )
        return "; ".join(parts)

    @property
    def mode(self) -> str:
        """Paper or live, by the accounts that the gateway manages."""
        kinds = {is_paper(each) for each in self.found.accounts}
        if len(kinds) > 1:
            return "paper and live"
        return "paper" if True in kinds else "live"

    @property
    def _passed_over(self) -> str:
        taken = self.found.in_use
        return f" ({_ids(taken)} in use)" if taken else ""


@frozen(kw_only=True)
class NotServing(Fact):
    """The gateway would serve no session."""

    found: Unhealthy

    @property
    def words(self) -> str:
        found = self.found
        place, detail = f"{found.host}:{found.port}", found.detail
        match found.cause:
            case ConnectCause.REFUSED:
                return f"nothing listens at {place} (connection refused)"
            case ConnectCause.UNREACHABLE:
                return f"{place} cannot be reached: {detail}"
            case ConnectCause.SILENT:
                return f"{place} accepts connections and does not answer ({detail})"
            case ConnectCause.CLOSED:
                return f"{place} accepts connections and closes them ({detail})"
            case ConnectCause.ID_IN_USE:
                return f"{place} refuses {_ids(found.client_ids)}: in use (error 326)"
            case ConnectCause.LOGGED_OUT:
                return f"{place} answers and is not connected to IBKR ({detail})"
            case ConnectCause.UNUSABLE:
                return f"{place} answers, and cannot be talked to ({detail})"

    @property
    def fix(self) -> str:
        return f"{self._helps}; {section_of(self.found.cause).place}"

    @property
    def _helps(self) -> str:
        match self.found.cause:
            case ConnectCause.REFUSED:
                return (
                    "start TWS or IB Gateway, log in, and compare [ibkr] port with its socket port"
                    f" ({_LISTENERS})"
                )
            case ConnectCause.UNREACHABLE:
                return "check [ibkr] host, and the network between here and there"
            case ConnectCause.SILENT:
                return (
                    "it is half-started or wedged: answer its login or 2FA dialog, or restart TWS"
                    " or IB Gateway"
                )
            case ConnectCause.CLOSED:
                return (
                    "add this computer to Trusted IPs; behind a relay such as socat the gateway"
                    f" itself is not up ({FirstConnection.DOCKER.place})"
                )
            case ConnectCause.ID_IN_USE:
                return (
                    "end the other programs that use these ids, or restart the gateway where none"
                    " does"
                )
            case ConnectCause.LOGGED_OUT:
                return "log in again, or wait: it reconnects by itself after IBKR's nightly reset"
            case ConnectCause.UNUSABLE:
                return (
                    "compare [ibkr] port with the gateway's socket port, and install a current TWS"
                    " or IB Gateway"
                )


def _ids(client_ids: tuple[int, ...]) -> str:
    """These ids by name.

    >>> _ids((43,)), _ids((43, 44))
    ('client id 43', 'client ids 43, 44')
    """
    names = ", ".join(str(each) for each in client_ids)
    return f"client id {names}" if len(client_ids) == 1 else f"client ids {names}"
