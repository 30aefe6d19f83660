"""Everything the journal writes comes back exactly; what is not exactly so is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from rebalancer_adapters.journal.codec import UnreadableError, from_text, to_text
from rebalancer_core.reconcile.journal_model import Approval, Intent, JournaledEvent, RunStarted
from tests.adapters.journal.derived import any_of
from tests.adapters.journal.made_up import APPROVAL, AT, SALE, intent_for, story_of

SOUND = {
    "OrderTicket.order_ref": st.from_regex(r"\A[A-Za-z0-9-]{1,32}\Z"),
    "OrderTicket.account_id": st.from_regex(r"\A[A-Z]{1,4}[0-9]{4,10}\Z"),
    "Invest.amount": st.none() | st.decimals(min_value="0.01", max_value=10**9, places=2),
    "Raise.amount": st.decimals(min_value="0.01", max_value=10**9, places=2),
    "OrderTicket.quantity": st.decimals(min_value="0.0001", max_value=10**9, places=4),
}
INTENT_TEXT = to_text(intent_for(SALE))
EVENT_TEXT = to_text(JournaledEvent(at=AT, event=story_of(SALE)[1]))


def comes_back(value: object) -> None:
    text = to_text(value)
    assert text.isascii()
    assert text.isprintable()
    assert from_text(text, type(value)) == value
    assert to_text(from_text(text, type(value))) == text


@given(any_of(JournaledEvent, SOUND))
def test_every_event_comes_back_as_it_was(event: JournaledEvent) -> None:
    comes_back(event)


@given(any_of(Intent, SOUND))
def test_every_intent_comes_back_as_it_was(intent: Intent) -> None:
    comes_back(intent)


@given(any_of(Approval, SOUND))
def test_every_approved_plan_comes_back_as_it_was(approval: Approval) -> None:
    comes_back(approval)


@given(any_of(RunStarted, SOUND))
def test_every_run_comes_back_as_it_was(run: RunStarted) -> None:
    comes_back(run)


def test_the_brokers_words_stay_on_one_line_of_ascii() -> None:
    for event in story_of(SALE):
        comes_back(JournaledEvent(at=AT, event=event))


def test_the_kinds_of_events_are_called_on_the_disk_what_they_always_were() -> None:
    written = "".join(to_text(JournaledEvent(at=AT, event=event)) for event in story_of(SALE))
    assert set(re.findall(r'"kind":"(\w+)"', written)) == {
        "OwnAct",
        "OrderSeen",
        "ErrorReported",
        "Executed",
        "Commissioned",
        "StatusReported",
        "Settled",
    }


def test_a_number_is_written_as_decimal_text_without_exponent() -> None:
    intent = evolve(intent_for(SALE), position_before=Decimal("1E+3"))
    assert json.loads(to_text(intent))["position_before"] == "1000"


def test_a_time_of_another_zone_is_written_in_utc() -> None:
    there = AT.astimezone(timezone(timedelta(hours=-5)))
    assert to_text(evolve(intent_for(SALE), intended_at=there)) == INTENT_TEXT


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_number_is_not_written(number: str) -> None:
    with pytest.raises(ValueError, match="is not a number"):
        to_text(evolve(intent_for(SALE), position_before=Decimal(number)))


def test_a_time_without_its_zone_is_not_written() -> None:
    naive = datetime(2026, 1, 2)  # noqa: DTZ001 what the codec must refuse
    with pytest.raises(ValueError, match="no zone"):
        to_text(evolve(intent_for(SALE), intended_at=naive))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda d: d.update(colour="red"), "colour"),
        (lambda d: d.pop("ticket"), "ticket"),
        (lambda d: d.update(order_id="7"), "order_id: '7' is not a whole number"),
        (lambda d: d.update(order_id=True), "order_id: True is not a whole number"),
        (lambda d: d.update(order_id=7.0), "order_id: 7.0 is not a whole number"),
        (lambda d: d.update(position_before=100), "position_before: 100 is not text"),
        (
            lambda d: d.update(position_before="1e2"),
            "position_before: '1e2' is not a decimal number",
        ),
        (lambda d: d.update(run_id=None), "run_id: None is not text"),
        (lambda d: d.update(ticket=[]), "ticket: [] is not an object"),
        (lambda d: d.update(intended_at="2026-01-02T15:04:05"), "is not a time"),
        (lambda d: d.update(intended_at="2026-01-02T15:04:05+01:00"), "is not in UTC"),
        (lambda d: d.update(intended_at="yesterday"), "yesterday"),
        (lambda d: d["ticket"].update(side="HOLD"), "ticket.side: 'HOLD' is not a choice"),
        (lambda d: d["ticket"].update(quantity="-15"), "finite quantity above zero"),
        (lambda d: d["ticket"]["style"].update(outside_rth=0), "0 is neither true nor false"),
    ],
)
def test_an_intent_that_is_not_exactly_one_is_refused(
    change: Callable[[dict[str, object]], object], told: str
) -> None:
    document = json.loads(INTENT_TEXT)
    change(document)
    with pytest.raises(UnreadableError) as refused:
        from_text(json.dumps(document), Intent)
    assert str(refused.value).startswith("no Intent is in it: ")
    assert told in str(refused.value)


def test_everything_that_does_not_fit_is_told_at_once() -> None:
    document = json.loads(INTENT_TEXT)
    document.update(order_id="7", colour="red")
    document["ticket"]["side"] = "HOLD"
    with pytest.raises(UnreadableError) as refused:
        from_text(json.dumps(document), Intent)
    told = str(refused.value).removeprefix("no Intent is in it: ").split("; ")
    assert sorted(each.split(":")[0] for each in told) == ["colour", "order_id", "ticket.side"]


def test_a_key_that_is_there_twice_is_refused() -> None:
    twice = INTENT_TEXT.replace("{", '{"order_id":7,', 1)
    with pytest.raises(UnreadableError, match="duplicate key 'order_id'"):
        from_text(twice, Intent)


@pytest.mark.parametrize("event", [None, [], "OwnAct", {}, {"kind": "Zoo"}, {"kind": []}])
def test_an_event_of_no_known_kind_is_refused(event: object) -> None:
    document = json.loads(EVENT_TEXT) | {"event": event}
    with pytest.raises(UnreadableError):
        from_text(json.dumps(document), JournaledEvent)


@pytest.mark.parametrize("text", ["", "{", "null", "[]", "7", '"x"', "[" * 100_000])
def test_text_that_is_no_event_is_refused(text: str) -> None:
    with pytest.raises(UnreadableError):
        from_text(text, JournaledEvent)


@pytest.mark.parametrize("field", ["rows", "orders", "warnings"])
def test_a_plan_whose_lists_are_none_is_refused(field: str) -> None:
    document = json.loads(to_text(APPROVAL))
    document["plan"][field] = {}
    with pytest.raises(UnreadableError, match=rf"plan\.{field}: {{}} is not a list"):
        from_text(json.dumps(document), Approval)
