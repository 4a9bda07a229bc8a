"""``python -m demo.simulation``: the table of simulated against published figures."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from datetime import date

from demo.simulation.figures import figure_table


def main(arguments: list[str]) -> None:
    """Print the table for so many simulated patients of one seed."""
    parser = ArgumentParser(prog="python -m demo.simulation", description=__doc__)
    parser.add_argument("--patients", type=int, default=5000, metavar="N")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--today", type=date.fromisoformat, required=True, metavar="DAY")
    options = parser.parse_args(arguments)
    indexes = range(1, options.patients + 1)
    sys.stdout.write(figure_table(options.seed, indexes, options.today) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
