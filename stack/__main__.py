"""`python -m stack`: says that it is there, then loads the rest, which takes a second."""

import sys


def main() -> int:
    sys.stdout.write("Relais is starting.\n")
    sys.stdout.flush()
    from stack.program import run  # late: the first line is on the screen before a library is loaded

    return run()


if __name__ == "__main__":
    sys.exit(main())
