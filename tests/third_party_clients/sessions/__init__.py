"""Programs that visit the gateway, each in the environment of its client; pytest collects none."""
