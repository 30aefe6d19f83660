"""portfolios.csv: read and checked, every problem with its place."""
