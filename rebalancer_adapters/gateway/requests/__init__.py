"""Requests of clients: text fields in, one frozen value out, anything else is `Unreadable`."""

from rebalancer_adapters.gateway.requests.parse import parse_request
from rebalancer_adapters.gateway.requests.values import Request, Unreadable

__all__ = ["Request", "Unreadable", "parse_request"]
