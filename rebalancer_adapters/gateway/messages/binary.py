"""What a gateway says that speaks protobuf: a number of four bytes, then the binary fields.

Source: IBKR's client 10.46; from server version 201 on a message id above 200 names such a message.
"""

import struct

_NEXT_VALID_ID = 209
_FIELD_1_VARINT = 0x08


def binary_next_valid_id(order_id: int = 1) -> bytes:
    """The frame of nextValidId."""
    body = struct.pack(">I", _NEXT_VALID_ID) + bytes((_FIELD_1_VARINT, order_id))
    return struct.pack(">I", len(body)) + body
