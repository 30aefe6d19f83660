"""The rules that may refuse a trade, and what a buy may spend."""
