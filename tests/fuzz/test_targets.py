"""The fuzz targets, with Hypothesis: few examples in `make test`, many in `make fuzz`."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bad_input.damage import damaged
from tests.fuzz.corpus import corpus
from tests.fuzz.targets import TARGETS

_CORPUS = corpus()


@pytest.mark.parametrize("name", TARGETS)
def test_good_inputs_are_no_finding(name: str) -> None:
    for content in _CORPUS[name]:
        TARGETS[name](content)


@pytest.mark.parametrize("name", TARGETS)
@given(content=st.binary() | st.text().map(str.encode))
def test_no_bytes_at_all_raise_anything(name: str, content: bytes) -> None:
    TARGETS[name](content)


@pytest.mark.parametrize("name", TARGETS)
@given(lots=st.randoms(use_true_random=False))
def test_no_damage_to_a_good_input_raises_anything(name: str, lots: Random) -> None:
    TARGETS[name](damaged(lots.choice(_CORPUS[name]), lots))
