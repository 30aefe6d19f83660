"""Pure core: decides what to trade and what became of it; it does no I/O and reads no clock."""
