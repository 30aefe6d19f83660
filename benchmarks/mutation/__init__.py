"""Mutants of planning: it is changed in small ways, and the tests must notice (`make mutate`)."""
