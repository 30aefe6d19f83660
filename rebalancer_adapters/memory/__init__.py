"""A broker in memory: both ports on plain values, for tests, notebooks and rehearsals."""
