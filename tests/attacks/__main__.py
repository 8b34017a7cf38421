"""Run the attacks and print what each grader made of them.

python -m attacks                      both graders, all cases
python -m attacks --only ours tar      one grader, the cases with "tar" in class or name
python -m attacks --markdown           the tables as docs/security.md has them
python -m attacks --beside             an honest slow notebook beside each: does it keep its points
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from attacks import ours, plain, report
from attacks.case import Case
from attacks.facts import Facts
from attacks.suite import CASES
from attacks.target import FULL


def main(argv: Sequence[str] | None = None) -> int:
    """Run and print; the exit status is 0 where our grader got every case right."""
    args = _parser().parse_args(argv)
    cases = [c for c in CASES if any(word in f"{c.kind}/{c.name}" for word in args.words or [""])]
    if not cases:
        print("no case has such a name", file=sys.stderr)
        return 2
    if args.beside:
        return _beside(cases)
    if args.only != "ours" and os.getuid() != 0:
        print(
            "plain nbgrader is left out: its guard needs root, as in a container", file=sys.stderr
        )
        args.only = "ours"
    found = {}
    if args.only != "plain":
        found["ours"] = _timed("our grader", lambda folder: ours.run(cases, folder))
    if args.only != "ours":
        found["plain"] = _timed(
            "plain nbgrader",
            lambda folder: plain.run(cases, folder, args.workers, _progress(cases)),
        )
    rows = report.rows(cases, found.get("ours"), found.get("plain"))
    print(*(report.markdown(rows) if args.markdown else report.table(rows)), sep="\n")
    return int(any(row.ours for row in rows))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="attacks", description=__doc__.splitlines()[0])
    parser.add_argument("words", nargs="*", help="cases with one of these in class/name; all")
    parser.add_argument("--only", choices=("ours", "plain"), help="one grader")
    parser.add_argument("--workers", type=int, default=2, help="cases of nbgrader at a time")
    parser.add_argument("--beside", action="store_true", help="grade a slow notebook beside each")
    parser.add_argument("--markdown", action="store_true", help="print tables for a page")
    return parser


def _beside(cases: Sequence[Case]) -> int:
    with tempfile.TemporaryDirectory(prefix="attacks-") as folder:
        points = ours.beside(cases, Path(folder))
    lost = {name: score for name, score in points.items() if score != FULL}
    print(f"beside {len(points)} cases, an honest slow notebook lost points {len(lost)} times")
    print(*(f"{name}: {score:g} of {FULL}" for name, score in lost.items()), sep="\n")
    return int(bool(lost))


def _timed(name: str, run: Callable[[Path], dict[str, Facts]]) -> dict[str, Facts]:
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="attacks-") as folder:
        found = run(Path(folder))
    print(f"{name}: {len(found)} cases in {time.monotonic() - begun:.0f} s", file=sys.stderr)
    return found


def _progress(cases: Sequence[Case]) -> Callable[[str], None]:
    done: list[str] = []

    def say(name: str) -> None:
        done.append(name)
        print(f"\r{len(done)} of {len(cases)} ", end="", file=sys.stderr, flush=True)

    return say


if __name__ == "__main__":
    sys.exit(main())
