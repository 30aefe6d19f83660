"""Requests with damaged fields: whatever a client sends, the gateway answers and stays up."""

import asyncio
import struct

from hypothesis import given, settings
from hypothesis import strategies as st
from ib_async import ExecutionFilter, Order, TagValue

from rebalancer_adapters.gateway import Gateway
from rebalancer_adapters.gateway.wire import Fields, decode_frames, encode_frame
from tests.adapters.gateway.clients import SPY, run, small_market, soon
from tests.adapters.gateway.encoder import encoded

_ORDER = Order(
    action="BUY",
    totalQuantity=1.0,
    orderType="LMT",
    lmtPrice=600.0,
    tif="DAY",
    account="DU111111",
    algoStrategy="Adaptive",
    algoParams=[TagValue("adaptivePriority", "Normal")],
)
_GOOD: list[Fields] = [
    encoded(178, lambda client: client.placeOrder(1, SPY, _ORDER)),
    encoded(178, lambda client: client.reqContractDetails(2, SPY)),
    encoded(178, lambda client: client.reqMktData(3, SPY, "", True, False, [])),
    encoded(178, lambda client: client.reqExecutions(4, ExecutionFilter(time="20261120 1"))),
    encoded(178, lambda client: client.reqAccountUpdatesMulti(5, "DU111111", "", False)),
    encoded(178, lambda client: client.reqAccountUpdates(True, "DU111111")),
    encoded(178, lambda client: client.reqAccountSummary(6, "All", "$LEDGER:ALL,Cushion")),
    encoded(178, lambda client: client.cancelOrder(1)),
    *[(str(message_id), "1", "1") for message_id in (2, 5, 8, 14, 15, 16, 17, 49, 58, 59, 61)],
    *[(str(message_id), "1", "1") for message_id in (63, 64, 77, 81, 83, 91, 99)],
]
_NOISE = st.sampled_from(
    ["", "-1", "0", "1E30", "-1E30", "1E-30", "nan", "Infinite", "x", "SELL", "MIDPRICE", "BAG"]
) | st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=5)


@st.composite
def _damaged(draw: st.DrawFn) -> Fields:
    fields = list(draw(st.sampled_from(_GOOD)))
    for at in draw(st.lists(st.integers(0, len(fields) - 1), max_size=3)):
        fields[at] = draw(_NOISE)
    return tuple(fields)


@settings(deadline=None)
@given(st.lists(_damaged(), max_size=20))
def test_damaged_requests_never_end_the_conversation(requests: list[Fields]) -> None:
    async def scene() -> None:
        gateway = Gateway(small_market())
        async with gateway.running():  # raises at its end what went wrong inside
            hello = b"API\0" + struct.pack(">I", 9) + b"v157..178"
            frames = [("71", "2", "7", ""), *requests, ("49", "1")]
            reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
            writer.write(hello + b"".join(map(encode_frame, frames)))
            writer.write_eof()
            answers = decode_frames(await soon(reader.read()))
            assert answers.problem is None
            assert any(answer[0] == "49" for answer in answers.frames)
            writer.close()

    run(scene())
