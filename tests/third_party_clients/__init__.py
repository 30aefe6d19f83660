"""Clients that nobody here wrote talk to the simulated gateway (`make third-party`)."""
