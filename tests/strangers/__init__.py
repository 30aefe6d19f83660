"""Strangers: clients that nobody here wrote talk to the simulated gateway (`make strangers`)."""
