"""Gateways for one card each."""

from tests.cli.conftest import serve

__all__ = ["serve"]
