"""The simulated exchange: checks, matches and reports orders."""
