"""What is taken from ib_async is there, as the adapter takes it."""

import inspect
import re

import pytest
from ib_async import client as client_source
from ib_async import decoder as decoder_source

from rebalancer_adapters.ib import library
from rebalancer_adapters.ib.gateway_client import GatewayClient
from rebalancer_adapters.ib.handshake import NEWEST, OLDEST
from rebalancer_adapters.ib.library import ATTRIBUTES, CALLBACKS, IB, REQUESTS, Client, Wrapper
from rebalancer_adapters.ib.order_desk import OrderClient
from rebalancer_adapters.ib.raw_events import RawWrapper


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_is_there_with_these_parameters(name: str) -> None:
    assert _parameters(getattr(Client, name)) == REQUESTS[name]


@pytest.mark.parametrize("name", CALLBACKS)
def test_a_callback_is_there_with_these_parameters(name: str) -> None:
    assert _parameters(getattr(Wrapper, name)) == CALLBACKS[name]


@pytest.mark.parametrize("name", CALLBACKS)
def test_a_callback_is_called(name: str) -> None:
    sources = inspect.getsource(decoder_source) + inspect.getsource(client_source)
    assert re.search(rf'wrapper\.{name}\b|wrap\(\s*"{name}"|getattr\(wrapper, "{name}"', sources)


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind, names in ATTRIBUTES.items() for name in names]
)
def test_an_attribute_is_there(kind: type, name: str) -> None:
    ib = IB()
    made: dict[type, object] = {
        IB: ib,
        Client: ib.client,
        Wrapper: ib.wrapper,
        library.Decoder: ib.client.decoder,
    }
    assert hasattr(made[kind], name)


def test_the_tables_name_all_that_the_adapter_uses_and_nothing_else() -> None:
    asked = {*_own(GatewayClient), *_own(OrderClient)}
    assert asked == {*REQUESTS, "getReqId", "isReady", "serverVersion", "updateReqId"}
    assert _own(RawWrapper) == set(CALLBACKS)


def test_the_versions_are_those_of_the_library() -> None:
    assert (Client.MinClientVersion, Client.MaxClientVersion) == (OLDEST, NEWEST)


def _own(kind: type) -> set[str]:
    """The public methods of the class and its protocols, without those of the library."""
    classes = [each for each in kind.__mro__ if each.__module__.startswith("rebalancer_")]
    return {
        name
        for each in classes
        for name, value in vars(each).items()
        if inspect.isfunction(value) and not name.startswith("_")
    }


def _parameters(method: object) -> tuple[str, ...]:
    assert callable(method)
    return tuple(name for name in inspect.signature(method).parameters if name != "self")
