#!/usr/bin/env python3
"""Roundbook's one command line. `python3 manage.py up` is all that a new machine needs."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036, this is what says so
    sys.exit("Roundbook needs Python 3.11 or newer, and this is Python {}.{}.".format(*sys.version_info))

from config import environment

if __name__ == "__main__":
    try:
        environment.enter(sys.argv)

        from config import launch  # only now, for it needs the packages

        launch.run(sys.argv)
    except KeyboardInterrupt:
        sys.exit(130)
