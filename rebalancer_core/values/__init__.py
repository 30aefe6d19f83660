"""The values the core speaks of: money, instruments, accounts, policies, orders."""
