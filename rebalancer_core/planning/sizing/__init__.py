"""Whole shares: which of them bring the account closest to its targets."""
