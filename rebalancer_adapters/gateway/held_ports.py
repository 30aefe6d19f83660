"""Ports that a restarting gateway keeps: nobody connects there, and no other program takes them."""

import os
import socket

# Elsewhere SO_REUSEADDR lets two programs listen at one port.
CAN_HOLD = os.name == "posix"


def held(family: int, address: object) -> socket.socket:
    """A socket that refuses connections and keeps every other program from taking the port."""
    holder = socket.socket(family, socket.SOCK_STREAM)
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    holder.bind(address)  # type: ignore[arg-type]  # as getsockname gave it
    return holder
