"""Messages to clients, field by field, for the server versions 157 to 178."""

from rebalancer_adapters.gateway.messages.message import Message

__all__ = ["Message"]
