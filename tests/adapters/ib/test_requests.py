"""A question ends once, completely or with a fault."""

import asyncio

import pytest

from rebalancer_adapters.ib.address import Retry
from rebalancer_adapters.ib.requests import Channel, Numbered, retried
from rebalancer_core.values.faults import BrokerRefused, BrokerSilent, ImpossibleAnswer, LinkLost


class _Ids:
    """Numbers for questions; nothing else of a client is used."""

    def __init__(self) -> None:
        self._next = 1

    def getReqId(self) -> int:  # noqa: N802 - the library's name
        self._next += 1
        return self._next


def test_two_questions_of_one_kind_both_get_their_answer() -> None:
    async def story() -> None:
        channel = Channel[int]("positions")

        def send() -> None:
            asyncio.get_running_loop().call_soon(_answer, channel, 7)

        first, second = await asyncio.gather(channel.ask(send, 5), channel.ask(send, 5))
        assert first == second == (7,)

    asyncio.run(story())


def test_no_end_marker_is_silence_and_not_an_empty_answer() -> None:
    async def story() -> None:
        channel = Channel[int]("positions")

        def send() -> None:
            channel.add(1)

        fault = await channel.ask(send, 0.01)
        assert fault == BrokerSilent(request="positions", seconds=0.01)

    asyncio.run(story())


def test_a_spoilt_answer_is_a_fault_and_its_end_marker_ends_no_other_question() -> None:
    async def story() -> None:
        channel = Channel[int]("positions")

        def send_spoilt() -> None:
            channel.add(1)
            channel.spoil("unreadable")
            channel.add(2)

        fault = await channel.ask(send_spoilt, 5)
        assert fault == ImpossibleAnswer(request="positions", answer="unreadable")

        def send() -> None:
            channel.add(3)
            channel.end()
            channel.add(4)
            channel.end()

        assert await channel.ask(send, 5) == (4,)

    asyncio.run(story())


@pytest.mark.parametrize(("dropped", "answer"), [(0, (7,)), (2, (7,)), (3, 100)])
def test_a_read_that_is_dropped_for_its_rate_is_asked_again_a_few_times(
    dropped: int, answer: tuple[int, ...] | int
) -> None:
    async def story() -> None:
        questions, ids = Numbered[int](), _Ids()
        asked: list[int] = []

        def send(request_id: int) -> None:
            asked.append(request_id)
            if len(asked) <= dropped:
                questions.dropped("too fast")
            else:
                questions.add(request_id, 7)
                questions.dropped("another one")
                questions.end(request_id)

        retry = Retry(attempts=3, first_seconds=0.001, most_seconds=0.002)
        got = await retried(lambda: questions.ask("values", ids, send, 5), retry)
        assert (got.code if isinstance(got, BrokerRefused) else got) == answer
        assert len(asked) == min(dropped + 1, 3)

    asyncio.run(story())


def test_the_late_end_of_a_given_up_question_does_not_end_the_next_one_half_answered() -> None:
    async def story() -> None:
        channel = Channel[int]("positions")
        await channel.ask(lambda: channel.add(1), 0.01)

        def send() -> None:
            channel.add(2)
            channel.end()
            channel.add(1)
            channel.add(2)
            channel.add(3)
            channel.end()

        assert await channel.ask(send, 5) == (1, 2, 3)

    asyncio.run(story())


def test_a_refusal_ends_the_question_whatever_its_code() -> None:
    async def story() -> None:
        requests = Numbered[int]()

        def send(request_id: int) -> None:
            assert requests.refuse(request_id, 321, "invalid")

        answer = await requests.ask("details", _Ids(), send, 5)
        assert answer == BrokerRefused(request="details", code=321, text="invalid")

    asyncio.run(story())


def test_a_dropped_link_ends_every_question() -> None:
    async def story() -> None:
        requests = Numbered[int]()
        asking = [
            asyncio.ensure_future(requests.ask("details", _Ids(), lambda _id: None, 1000)),
        ]
        await asyncio.sleep(0)
        requests.drop("gone")
        assert await asyncio.gather(*asking) == [LinkLost(detail="gone")]

    asyncio.run(story())


def test_rows_of_another_question_are_not_ours() -> None:
    requests = Numbered[int]()
    assert not requests.add(99, 1)
    assert not requests.end(99)
    assert not requests.refuse(99, 200, "none")


def _answer(channel: Channel[int], row: int) -> None:
    channel.add(row)
    channel.end()
