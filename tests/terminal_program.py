"""How tests start the command line: the same interpreter, the same code."""

import sys

PROGRAM = [sys.executable, "-c", "from artelier.cli.main import main; main()"]
