"""Every test of the contract runs over every broker."""

import pytest

from tests.contract.harness import Opening, gateway_floor, memory_floor
from tests.contract.library_errors import no_library_errors

__all__ = ["no_library_errors"]


@pytest.fixture(params=[memory_floor, gateway_floor], ids=["memory", "ib on gateway"])
def opening(request: pytest.FixtureRequest) -> Opening:
    """How to open the floor of one broker."""
    chosen: Opening = request.param
    return chosen
