"""`python -m tests.crash.small_disk BYTES ARGUMENT...`: `rebalance` where no file grows further."""

import sys

from rebalancer_cli.__main__ import main

if sys.platform != "win32":
    import resource

if __name__ == "__main__" and sys.platform != "win32":
    most = int(sys.argv.pop(1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    main()
