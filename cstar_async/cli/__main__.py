"""`python -m cstar_async.cli`: the same as `cstar`."""

import sys

from . import main

if __name__ == "__main__":
    sys.exit(main())
