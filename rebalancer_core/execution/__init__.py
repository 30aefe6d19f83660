"""What becomes of an order: pure functions over what the broker said."""
