"""The sessions: few, and each shows as much as it can."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, time
from decimal import Decimal
from pathlib import Path

from rebalancer_adapters.gateway import (
    BrokerCancel,
    Correct,
    Cut,
    Fill,
    Lose,
    Reject,
    Rest,
    Scenario,
    on_orders,
    on_requests,
)
from rebalancer_adapters.gateway.market import AccountSetup, Hours
from rebalancer_adapters.gateway.market.hours import Session as Opening
from tests.adapters.case_files import bad_files
from tests.goldens.journal_rows import order_states, run_ids
from tests.goldens.playing import Player, player, trader
from tests.support import UNTIL_RELEASED, SimulatedGateway, account, market
from tests.support.environment import ROOT

A1, A2, A3 = ACCOUNTS = ("DU111111", "DU222222", "DU333333")
_TARGETS = {"SPY": "60", "IEF": "30", "GLD": "10"}
_TWO_MODELS = "[accounts]\nids = DU111111\n[models]\nSMURF = 0.6\nBADASS = 0.4\n"
_RESTARTED = "'gateway restarted'"
_SPY = 756733
_PLACE_ORDER = 3

OLD_JOURNAL = ROOT / "fixtures" / "goldens" / "journal.sqlite"
OLD_SNAPSHOT = ROOT / "fixtures" / "goldens" / "snapshot.json"

Session = Callable[[], Mapping[str, str]]


def looking() -> Mapping[str, str]:
    """The accounts, the prices and the files are looked at; nothing is traded."""
    with SimulatedGateway(market(*_two_accounts())) as gateway, player() as user:
        trader(user.folder, gateway, _TARGETS, (A1, A2))
        user.play("validate-config", "validate-config")
        user.play("validate-config-effective", "validate-config --effective")
        user.play("validate-portfolios", "validate-portfolios")
        user.play("validate-config-json", "validate-config --effective --json")
        user.play("validate-portfolios-json", "validate-portfolios --json")
        user.play("validate-portfolios-offline", "validate-portfolios --offline")
        user.play("doctor", "doctor")
        user.play("doctor", "doctor", narrow=True)
        user.play("doctor-json", "doctor --json")
        user.play("connect-json", "doctor --connect-only --json")
        user.play("status-none", "status")
        user.play("price", "price SPY IEF")
        user.play("price-json", "price SPY --json")
        user.play("snapshot", "snapshot")
        user.play("snapshot-json", "snapshot --json")
        user.play("explain", "explain SPY")
        user.play("explain-json", f"explain IEF --account {A1} --json")
        user.play("not-held", "explain BIL")
        user.play("unknown-symbol", "price SPY NONESUCH")
        user.play("unknown-symbol-json", "price SPY NONESUCH --json")
        return user.goldens(gateway.port)


def trading() -> Mapping[str, str]:
    """A plan is shown, saved, applied; then nothing is left to do."""
    with SimulatedGateway(market(*_two_accounts())) as gateway, player() as user:
        trader(user.folder, gateway, _TARGETS, (A1, A2))
        careful = (user.folder / "settings.ini").read_text(encoding="utf-8")
        (user.folder / "careful.ini").write_text(
            careful.replace("max_turnover_pct = 200", "max_turnover_pct = 20"), encoding="utf-8"
        )
        user.play("dry-run", "run --dry-run", records=True)
        user.play("dry-run", "run --dry-run", narrow=True)
        user.play("plan", "plan -o plan.json")
        user.harvest("plan.json", "plan.json")
        user.play("plan-again", "plan -o plan.json")
        user.play("show", "show plan.json")
        user.play("show", "show plan.json", narrow=True)
        user.play("show-json", "show plan.json --json")
        user.play("unanswered", f"run --account {A1}")
        user.play("too-much-turnover", f"run --yes --account {A2} --config careful.ini")
        user.play("apply", "apply plan.json --yes", records=True)
        user.play("apply-again", "apply plan.json --yes")
        user.play("run-json", "run --yes --json")
        user.play("plan-json", "--dry-run --json")
        user.play("plan-json", "plan -o idle.json --json")
        user.play("apply-json", "apply idle.json --yes --json")
        return user.goldens(gateway.port)


def partial() -> Mapping[str, str]:
    """Orders end in every known way, a trade is busted, a person and reports put it right."""
    with played(_ended_in_every_way()) as (gateway, user):
        end_in_every_way(gateway, user)
        user.play("status", "status")
        user.play("status", "status", narrow=True)
        user.play("status-json", "status --json")
        run = user.order(_SPY).split("-")[1]
        user.play("report", f"report {run} --offline", records=True)
        user.play("report", f"report {run} --offline", narrow=True)
        user.play("report-json", f"report {run} --offline --json")
        user.play("report-unknown", "report 00000000 --offline")
        return user.goldens(gateway.port)


def silent() -> Mapping[str, str]:
    """An order is never acknowledged, and closed on a person's word."""
    with played(on_orders(Lose(), symbol="SPY")) as (gateway, user):
        user.play("silent", f"run --yes --account {A2}", records=True)
        user.play("status", "status")
        user.play("status-json", "status --json")
        user.play("recover", "recover")
        user.play("recover-json", "recover --json")
        user.play("resolve-unknown", "resolve rb1-none --filled 0 --reason seen --yes")
        user.play("resolve-unknown", "resolve rb1-none --filled 0 --reason seen --yes --json")
        user.play("resolve", f"resolve --all-silent --account {A2} --yes --reason {_RESTARTED}")
        user.play("resolve-json", f"run --yes --json --account {A2}")
        line = f"resolve --all-silent --account {A2} --yes --json --reason {_RESTARTED}"
        user.play("resolve-json", line)
        return user.goldens(gateway.port)


def cut() -> Mapping[str, str]:
    """The line is cut behind an order, and recovery finds what became of it."""
    with played(_cut_off()) as (gateway, user):
        cut_off(gateway, user)
        return user.goldens(gateway.port)


def refused() -> Mapping[str, str]:
    """A closed market in 2031, and wishes that cannot be."""
    hours = Hours(
        liquid=Opening(opens=time(9, 30), closes=time(16)),
        trading=Opening(opens=time(4), closes=time(20)),
    )
    start = datetime(2031, 3, 15, 16, 0, 10, tzinfo=UTC)  # a Saturday
    closed = market(account(A1, usd="50000"), hours=hours, start=start)
    with SimulatedGateway(closed) as gateway, player() as user:
        trader(user.folder, gateway, _TARGETS, (A1,), max_turnover_pct="50")
        user.play("closed", "run --yes", records=True)
        user.play("closed", "run --yes", narrow=True)
        user.play("closed-plan", "plan -o plan.json")
        user.play("no-such-account", "run --account DU999999")
        user.play("no-such-file", "show none.json")
        user.play("usage", "run --confirm --yes")
        user.play("help", "--help")
        return user.goldens(gateway.port)


def unreachable() -> Mapping[str, str]:
    """No gateway listens, and files are not what they should be."""
    with player() as user:
        user.play("init", "init new")
        user.harvest("init.settings.ini", "new/settings.ini")
        user.harvest("init.portfolios.csv", "new/portfolios.csv")
        user.play("init-again", "init new")
        user.play("no-settings", "run --config none.ini")
        trader(user.folder, 1, _TARGETS, (A1,))
        user.play("doctor", "doctor")
        user.play("snapshot", "snapshot")
        return user.goldens(0)


def old_files() -> Mapping[str, str]:
    """A journal and a snapshot that this program wrote long ago are read."""
    with player() as user:
        trader(user.folder, 1, _TARGETS, ACCOUNTS)
        user.journal.parent.mkdir(mode=0o700)
        shutil.copyfile(OLD_JOURNAL, user.journal)
        user.play("status", "status")
        user.play("status-json", "status --json")
        for number, run in enumerate(run_ids(user.journal), start=1):
            user.play(f"report-{number}", f"report {run} --offline", records=True)
        shutil.copyfile(OLD_SNAPSHOT, user.folder / "snapshot.json")
        user.play("offline", f"run --snapshot snapshot.json --account {A2}")
        user.play("offline-explain", "explain SPY --snapshot snapshot.json")
        user.texts["states.json"] = order_states(user.journal)
        return user.goldens_of_the_past()


def wrong_files() -> Mapping[str, str]:
    """Every sentence about every wrong file of `fixtures/bad`, and what a good one comes to."""
    with player() as user:
        shutil.copytree(ROOT / "fixtures" / "bad", user.folder, dirs_exist_ok=True)
        shutil.copytree(ROOT / "fixtures" / "good", user.folder / "good")
        (user.folder / "settings.ini").write_text(_TWO_MODELS, encoding="utf-8")
        for case in bad_files("settings"):
            flags = " --strict" if case.strict else ""
            line = f"validate-config --config settings/{case.path.name}{flags}"
            user.play("settings", line, env=case.environment)
        for case in bad_files("portfolios"):
            line = f"validate-portfolios --offline --csv portfolios/{case.path.name}"
            user.play("portfolios", line)
        name = "good/settings/account_overrides_every_key.ini"
        user.play("effective", f"validate-config --config {name} --effective")
        return user.goldens(0)


@contextmanager
def played(wrong: Scenario) -> Iterator[tuple[SimulatedGateway, Player]]:
    """Three accounts of cash where this goes wrong, and who trades them.

    The cash of the last is enough for one order.
    """
    accounts = (account(A1, usd="50000"), account(A2, usd="20000"), account(A3, usd="1300"))
    with SimulatedGateway(market(*accounts), wrong) as gateway, player() as user:
        trader(
            user.folder,
            gateway,
            {"SPY": "50", "IEF": "20", "GLD": "15", "BIL": "15"},
            ACCOUNTS,
            algo_preference="adaptive",
            wait_before_fallback="1",
            ack_timeout_sec="1",
            commission_report_timeout="1",
        )
        yield gateway, user


def write_journal(path: Path) -> None:
    """A journal in which orders end in every way, the last of them in none; takes half a minute."""
    lost = on_orders(Lose(), symbol="SPY", account=A2)
    with played(_ended_in_every_way() + lost + _cut_off()) as (gateway, user):
        end_in_every_way(gateway, user)
        cut_off(gateway, user)
        user.play("silent", f"run --yes --account {A2}")
        user.play("resolve", f"resolve --all-silent --account {A2} --yes --reason {_RESTARTED}")
        user.play("silent", f"run --yes --account {A2}")
        shutil.copyfile(user.journal, path)


def end_in_every_way(gateway: SimulatedGateway, user: Player) -> None:
    """Filled, rejected, cancelled, in part with another leg; then busted, and told by a person."""
    user.play("run", f"run --yes --account {A1}", records=True)
    gateway.release()
    gateway.wait_until(lambda g: any(each.exec_id.endswith(".02") for each in g.executions))
    user.play("bust", "recover", records=True)
    ref = user.order(_SPY)
    user.play("verdict", f"resolve {ref} --filled 0 --reason 'busted by the exchange' --yes")
    user.play("verdict", f"resolve {ref} --filled 0 --reason again --yes")


def cut_off(gateway: SimulatedGateway, user: Player) -> None:
    """Acknowledged, then the line is lost; filled while nobody listens."""
    user.play("cut", f"run --yes --account {A3}", records=True)
    gateway.release()
    gateway.wait_until(lambda g: g.shares(A3, "SPY") > 0)
    user.play("cut-recover", "recover", records=True)


def _ended_in_every_way() -> Scenario:
    bust = Correct(quantity=Decimal(0), after_seconds=UNTIL_RELEASED)
    return (
        on_orders(Fill(), bust, symbol="SPY", account=A1)
        + on_orders(Fill(share=Decimal("0.5")), symbol="IEF", account=A1, last=1)
        + on_orders(Reject(code=201, text="Order rejected - no margin"), symbol="GLD", account=A1)
        + on_orders(Rest(), BrokerCancel(after_seconds=Decimal("0.1")), symbol="BIL", account=A1)
    )


def _cut_off() -> Scenario:
    lost = Cut(reset=True, after_seconds=Decimal("0.5"))
    return on_orders(Fill(after_seconds=UNTIL_RELEASED), account=A3) + on_requests(
        lost, message_id=_PLACE_ORDER, tag="order", account=A3
    )


def _two_accounts() -> tuple[AccountSetup, ...]:
    return (
        account(A1, usd="50000", SPY=10),
        account(A2, usd="2000.50", base="CAD", cad="800", SPY=40, GLD=12, XIU=50),
    )


SESSIONS: Mapping[str, Session] = {
    each.__name__: each
    for each in (
        cut,
        looking,
        old_files,
        partial,
        refused,
        silent,
        trading,
        unreachable,
        wrong_files,
    )
}
