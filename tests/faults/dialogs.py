"""A dialog in the gateway's window holds orders: what was done next, and what must not happen."""

from attrs import evolve

from rebalancer_adapters.gateway import Hold, Scenario, on_orders
from tests.faults.case import DEPOSIT, SHARES, Case, Do, Step, Stop, Stopped, codes
from tests.support import UNTIL_RELEASED
from tests.support.timing import TIMING

_UNKNOWN, _REFUSED = codes(7), codes(5)
_RUN, _YES, _NO, _NEXT_DAY = Step(do=Do.RUN), Step(do=Do.YES), Step(do=Do.NO), Step(do=Do.NEXT_DAY)
_RESTARTED, _DECLINED = Step(do=Do.RESTARTED), Step(do=Do.DECLINED)
_STILL_UNKNOWN = Step(do=Do.RUN, exits=_UNKNOWN)
_HALTED = Step(do=Do.RUN, exits=_REFUSED)
_NOT_CLOSED = Step(do=Do.RESTARTED, exits=_UNKNOWN)
_FIRST_HELD = on_orders(Hold(seconds=UNTIL_RELEASED), last=1)


def dialog_cases() -> tuple[Case, ...]:
    """The first order is held; what a person does then."""
    return (
        _held("run again, then Yes", _STILL_UNKNOWN, _YES, _RUN),
        _held("recover, run again, then Yes", _recover(), _STILL_UNKNOWN, _YES, _RUN),
        _held("run under another client id, then Yes", _other_client(), _YES, _RUN),
        _held("the next day, then Yes", _NEXT_DAY, _STILL_UNKNOWN, _recover(), _YES, _RUN),
        _held("Yes, the next day", _YES, _NEXT_DAY, _RUN),
        _held("No, and the gateway restarted", _NO, _RESTARTED, _RUN),
        _held("No, and the user says so", _NO, _DECLINED, _HALTED, _NEXT_DAY, _RUN),
        _held("No, said so, and then restarted", _NO, _DECLINED, _HALTED, Step(do=Do.LIFTED), _RUN),
        _held("never answered", _STILL_UNKNOWN, _NEXT_DAY, _STILL_UNKNOWN, _recover()),
        _held("Yes before resolve", _YES, _NOT_CLOSED, _RUN),
        _held("Yes after resolve: restarted", _RESTARTED, _YES, _HALTED, _RUN),
        _held("Yes after resolve: answered No", _DECLINED, _YES, _HALTED, _RUN),
        _held("Yes after resolve, the next day", _DECLINED, _YES, _NEXT_DAY, _HALTED, _RUN),
        _held(
            "Yes during the next run", _RESTARTED, Step(do=Do.RUN_INTO_YES, exits=_REFUSED), _RUN
        ),
        _held("a sell: Yes after resolve", _RESTARTED, _YES, _HALTED, _RUN, holds=SHARES),
        _held("a sell: run again, then Yes", _STILL_UNKNOWN, _YES, _RUN, holds=SHARES),
        _held(
            "killed with the order out, run again, then Yes",
            _STILL_UNKNOWN,
            _YES,
            _RUN,
            stopped=Stopped(point="F16", how=Stop.KILL),
        ),
        _held(
            "two dialogs, each answered No",
            _NO,
            _RESTARTED,
            _STILL_UNKNOWN,
            _RESTARTED,
            _RUN,
            scenario=on_orders(Hold(seconds=UNTIL_RELEASED), last=2),
        ),
    )


def _recover() -> Step:
    return Step(do=Do.RECOVER, exits=_UNKNOWN)


def _other_client() -> Step:
    return Step(do=Do.OTHER_CLIENT, exits=_UNKNOWN)


def _held(
    name: str,
    *steps: Step,
    scenario: Scenario = _FIRST_HELD,
    holds: dict[str, str] | None = None,
    stopped: Stopped | None = None,
) -> Case:
    return Case(
        family="dialog",
        name=name,
        scenario=scenario,
        keys=evolve(TIMING, for_acknowledgement="1").troubled,
        exits=_UNKNOWN if stopped is None else codes(-9),
        orders=(1, 1),
        expects="one order is out, never a second one for it",
        steps=steps,
        stopped=stopped,
        holds=holds or DEPOSIT,
    )
