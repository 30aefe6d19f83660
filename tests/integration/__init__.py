"""Tests at a gateway that is not ours: a paper account at IBKR, or `rebalance gateway`."""
