"""Sends approved orders and follows each to a proven end."""
