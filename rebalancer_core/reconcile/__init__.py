"""What became of earlier orders: from evidence to findings."""
