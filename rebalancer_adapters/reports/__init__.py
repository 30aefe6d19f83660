"""Records on disk: reports and the run's log, written whole or not at all, never overwritten."""
