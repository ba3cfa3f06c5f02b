"""`python -m boards` is the command `boards`."""

import sys

from boards.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
