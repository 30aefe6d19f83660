"""Input files: settings, portfolios, snapshots; every problem of a file at once."""
