"""Benchmarks: how close the plans come to the best whole-share plan, and what they cost."""
