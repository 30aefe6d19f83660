"""Orders: events, states, broker codes and records."""
