"""What commands share: the class they are about, and the sandbox."""

import sys
from argparse import ArgumentParser, Namespace, _SubParsersAction
from pathlib import Path

__all__ = ["Namespace", "Parsers", "add_room", "add_sandbox", "add_scheduler", "warn"]

Parsers = _SubParsersAction  # what add_subparsers returns; it has no public name


def add_room(parser: ArgumentParser) -> None:
    """Add --class, where a class's gradebook and results are."""
    parser.add_argument("--class", dest="room", type=Path, help="where the gradebook is; class/")


def add_sandbox(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--sandbox",
        choices=("bwrap", "none"),
        help="'none' runs student code unprotected, which every result then says",
    )


def add_scheduler(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="grade on a Dask cluster, for example tcp://host:8786; on this machine if not given",
    )


def warn(sandbox: str | None) -> None:
    if sandbox == "none":
        print("warning: student code runs unprotected, with your rights", file=sys.stderr)
