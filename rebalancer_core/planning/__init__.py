"""From a snapshot and targets to a plan: pure, exact, independent of order."""
