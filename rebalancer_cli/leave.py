"""Leaving a Result: the only module that takes values out of their container."""

from __future__ import annotations

from typing import Generic, TypeVar

from attrs import frozen
from returns.result import Failure, Result

V = TypeVar("V")
E = TypeVar("E")


@frozen
class Stopped(Generic[E]):
    """A step that failed; `error` says why, as data."""

    error: E


def value_or_stop(result: Result[V, E]) -> V | Stopped[E]:
    """The value, or the error wrapped so that the caller must look at it.

    >>> from returns.result import Success
    >>> value_or_stop(Success(3)), value_or_stop(Failure("no answer"))
    (3, Stopped(error='no answer'))
    """
    if isinstance(result, Failure):
        return Stopped(result.failure())
    return result.unwrap()
