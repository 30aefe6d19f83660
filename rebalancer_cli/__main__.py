"""`python -m rebalancer_cli` is `rebalance`."""

from rebalancer_cli.main import main

main()
