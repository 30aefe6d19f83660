"""Every fault case with its number. Numbers stay: new cases go to the end of their own table."""

from collections.abc import Mapping
from types import MappingProxyType

from tests.faults.broker_answers import answer_cases
from tests.faults.case import Case
from tests.faults.dialogs import dialog_cases
from tests.faults.funds import funds_cases
from tests.faults.gates import gate_cases
from tests.faults.kills import kill_cases
from tests.faults.ledgers import ledger_cases
from tests.faults.lies import lie_cases
from tests.faults.links import link_cases
from tests.faults.pacing import pacing_cases
from tests.faults.price_lies import price_cases
from tests.faults.races import race_cases
from tests.faults.settings import setting_cases
from tests.faults.streams import stream_cases
from tests.faults.times import time_cases
from tests.faults.what_ifs import what_if_cases

TABLES: Mapping[int, tuple[str, tuple[Case, ...]]] = MappingProxyType(
    {
        1: ("The link fails: phases x faults", link_cases()),
        201: ("Broker codes x order states", answer_cases()),
        501: ("Lies about the account and its prices", lie_cases()),
        601: ("Two processes", race_cases()),
        701: ("Stopped at a named point", kill_cases()),
        901: ("A dialog in the gateway's window", dialog_cases()),
        931: ("Gates: cut off from IBKR, prices broken", gate_cases()),
        961: ("A ledger that contradicts itself", ledger_cases()),
        981: ("Prices that nothing confirms", price_cases()),
        1011: ("Cash, prices and hours that move before the buys", funds_cases()),
        1041: ("Refused what-ifs", what_if_cases()),
        1071: ("A gateway that counts messages", pacing_cases()),
        1081: ("Times that cannot be", time_cases()),
        1101: ("Settings of the gateway x commands", setting_cases()),
        1301: ("What is pushed: positions, values, prices", stream_cases()),
    }
)
CASES: Mapping[int, Case] = MappingProxyType(
    {first + at: case for first, (_, cases) in TABLES.items() for at, case in enumerate(cases)}
)
