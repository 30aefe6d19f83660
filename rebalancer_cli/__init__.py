"""The command line: wires the adapters to the core and walks the straight line for each account."""
