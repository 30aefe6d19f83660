"""Sessions: the conversation of the gateway with each of its clients."""
