"""`make bench`: a whole `/kudos` against a Bolt handler that does nothing. `python -m bench --help`."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path

from bench.databases import ENGINES, folder_on_disk
from bench.measure import Plan, measure
from bench.report import report, show, write

QUICK = Plan(pairs=2, seconds=2.0, open_seconds=8.0)
LONG = 100_000


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what it started is stopped
    arguments = sys.argv[1:]
    asked = _parser().parse_args(arguments)
    plan = _plan(asked)
    good = True
    for engine in [asked.only] if asked.only else ENGINES:
        with folder_on_disk(asked.dir) as folder:
            before = os.getloadavg()[0]
            result = measure(engine, plan, folder)
            text = report(result, [one for one in arguments if one != "--write"], (before, os.getloadavg()[0]))
        show(text)
        if asked.write:
            write(engine, text)
        good = good and result.ledger == 0 and result.left == 0
    return 0 if good else 1


def _plan(asked: argparse.Namespace) -> Plan:
    usual = QUICK if asked.quick else Plan()
    return Plan(
        pairs=usual.pairs if asked.pairs is None else asked.pairs,
        seconds=asked.seconds or usual.seconds,
        open_seconds=usual.open_seconds if asked.open_seconds is None else asked.open_seconds,
        many=LONG if asked.long else 0,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bench", description="Measures /kudos against a bare Bolt handler.")
    parser.add_argument("--quick", action="store_true", help="two short pairs: does it work, is it about right")
    parser.add_argument("--only", choices=ENGINES, help="one database engine")
    parser.add_argument("--long", action="store_true", help=f"watch the memory over {LONG:,} kudos as well")
    parser.add_argument("--write", action="store_true", help="write the results to docs/PERFORMANCE.md")
    parser.add_argument("--pairs", type=int, help="how many pairs; 0 leaves the closed loop out")
    parser.add_argument("--seconds", type=float, help="of each load in a closed loop")
    parser.add_argument("--open-seconds", type=float, help="of the open loop; 0 leaves it out")
    parser.add_argument("--dir", type=Path, help="a folder on a disk for databases and logs")
    return parser


if __name__ == "__main__":
    sys.exit(main())
