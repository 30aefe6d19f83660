"""Leaving a Result: the only module that takes values out of their container."""

from __future__ import annotations

from typing import Generic, TypeVar

from attrs import frozen
from returns.result import Failure, Result

V = TypeVar("V")
E = TypeVar("E")


@frozen()
class Failed(Generic[E]):
    """A step that failed; `error` says why, as data."""

    error: E


def unwrap_or_failed(result: Result[V, E]) -> V | Failed[E]:
    """The value, or the error wrapped so that the caller must look at it.

    >>> from returns.result import Success
    >>> unwrap_or_failed(Success(3)), unwrap_or_failed(Failure("no answer"))
    (3, Failed(error='no answer'))
    """
    if isinstance(result, Failure):
        return Failed(result.failure())
    return result.unwrap()
