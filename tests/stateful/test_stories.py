"""Whatever broker, line and process do: never more than approved, and nothing is forgotten.

A story is drawn as bytes: which kinds of actions it leaves out, then three bytes an action, where
zero is none. That is an order of magnitude faster than a state machine of Hypothesis, and
shrinks as well: to zeros.
"""

from hypothesis import given, note
from hypothesis import strategies as st

from tests.stateful.actions import possible
from tests.stateful.promises import Promises
from tests.stateful.story import Story

_ACTIONS = 60
_BYTES_LEFT_OUT, _BYTES_AN_ACTION = 4, 3
_LENGTH = _BYTES_LEFT_OUT + _BYTES_AN_ACTION * _ACTIONS


@given(st.binary(min_size=_LENGTH, max_size=_LENGTH))
def test_no_story_breaks_a_promise(drawn: bytes) -> None:
    story = Story()
    promises = Promises(story)
    left_out = int.from_bytes(drawn[:_BYTES_LEFT_OUT], "little")
    for at in range(_BYTES_LEFT_OUT, len(drawn) - _BYTES_AN_ACTION + 1, _BYTES_AN_ACTION):
        choice, one, other = drawn[at : at + _BYTES_AN_ACTION]
        if not choice:
            continue
        actions = possible(story, left_out)
        action = actions[choice % len(actions)]
        note(f"{action.name}({one}, {other})")
        action.do(story, one, other)
        promises.check()
    promises.check_the_end(story.end())
