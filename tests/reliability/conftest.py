"""Gateways for one test each."""

from tests.cli.conftest import serve

__all__ = ["serve"]
