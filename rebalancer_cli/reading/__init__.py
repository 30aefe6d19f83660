"""Input files, accounts and prices: read before anything is planned."""
