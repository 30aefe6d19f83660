"""Where the gateway listens, how long it is waited for, and why it was not reached."""

from __future__ import annotations

from attrs import Attribute, field, frozen

from rebalancer_core.values.faults import CannotConnect, ConnectCause

_LISTENERS = {
    4001: "IB Gateway, live",
    4002: "IB Gateway, paper",
    7496: "TWS, live",
    7497: "TWS, paper",
}


def _check_client_id(_address: GatewayAddress, _field: Attribute[int], value: int) -> None:
    if value < 1:
        message = f"client id {value} would adopt orders placed by hand; use 1 or more"
        raise ValueError(message)


@frozen(kw_only=True)
class Retry:
    """How a read that the gateway drops for its rate (error 100) is asked again.

    `attempts` in all, the first pause `first_seconds`, doubled up to `most_seconds`.
    """

    attempts: int = 4
    first_seconds: float = 1
    most_seconds: float = 15

    def pauses(self) -> tuple[float, ...]:
        """The pause before each further attempt, in seconds.

        >>> Retry(attempts=5, first_seconds=1, most_seconds=4).pauses()
        (1, 2, 4, 4)
        """
        return tuple(
            min(self.first_seconds * 2**number, self.most_seconds)
            for number in range(self.attempts - 1)
        )


@frozen(kw_only=True)
class GatewayAddress:
    """One gateway and this program's id there; `client_id` 0 raises ValueError (R 2.2.2).

    `other_ids` are tried in turn where `client_id` is in use (326): none for a session that
    trades, whose orders belong to its id. `timeout_seconds` bounds each request. A refused
    connection is tried `attempts` times, `backoff_seconds` apart, doubling: connecting sends no
    order. `retry` is for reads that the gateway drops.
    """

    host: str
    port: int
    client_id: int = field(validator=_check_client_id)
    other_ids: tuple[int, ...] = ()
    timeout_seconds: float = 15
    attempts: int = 3
    backoff_seconds: float = 1
    retry: Retry = Retry()


@frozen(kw_only=True)
class Patience:
    """How long prices are waited for, in seconds.

    `stream`: for bid, ask, last, close and their kind. `settle`: after these for the halt flag and
    the time of the last trade. `snapshot`: for the end of a snapshot, which real gateways send
    after 11 s. `marks`: for the whole portfolio of one account.
    """

    stream: float = 4
    settle: float = 0.5
    snapshot: float = 15
    marks: float = 4


def hint(address: GatewayAddress) -> str:
    """What to look at when nobody listens at this address."""
    listener = _LISTENERS.get(address.port)
    usual = ", ".join(f"{port} {name}" for port, name in _LISTENERS.items())
    if listener is None:
        return f"is a gateway with API port {address.port} running? usual ports: {usual}"
    return f"is {listener}, running, logged in, with API port {address.port} open? ({usual})"


def cannot(address: GatewayAddress, cause: ConnectCause, detail: str, fix: str) -> CannotConnect:
    """Why there is no session at this address, and what helps."""
    return CannotConnect(host=address.host, port=address.port, detail=detail, hint=fix, cause=cause)


def timed_out(address: GatewayAddress, cut_off: str, *, accepted: bool) -> CannotConnect:
    """A socket nobody opened, one that stays silent, or a gateway that is `cut_off` from IBKR."""
    within = f"within {address.timeout_seconds:g} s"
    if not accepted:
        return cannot(address, ConnectCause.UNREACHABLE, f"no connection {within}", hint(address))
    if cut_off:
        fix = "log in to the gateway, or wait until it is connected to IBKR again"
        return cannot(address, ConnectCause.LOGGED_OUT, cut_off, fix)
    return cannot(
        address,
        ConnectCause.SILENT,
        f"connected, but no answer to the handshake {within}",
        "the gateway is half started, hangs or shows a dialog: look at its window, log in,"
        " and if that does not help restart it",
    )
