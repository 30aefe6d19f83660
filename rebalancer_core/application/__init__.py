"""The use cases: each reads top to bottom, awaits ports, and leaves decisions to pure code."""
