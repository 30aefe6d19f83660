"""Prices, trading hours and identities: what the market said, judged."""
