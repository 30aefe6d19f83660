"""Follows the orders of one account from the wire to a proven end: pure steps, no I/O."""
