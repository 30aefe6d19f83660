"""What is written down before an order leaves, and who may trade an account at all."""
