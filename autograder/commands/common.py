"""What commands share: the class they are about, and the sandbox."""

import os
import sys
from argparse import ArgumentParser, Namespace, _SubParsersAction
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autograder.classroom.room import Classroom
    from autograder.feedback.write import Written

__all__ = [
    "Namespace",
    "Parsers",
    "add_all_cells",
    "add_book",
    "add_room",
    "add_sandbox",
    "add_scheduler",
    "classroom_of",
    "need_rights",
    "say_pages",
    "take_times_down",
    "warn",
]

Parsers = _SubParsersAction  # what add_subparsers returns; it has no public name


def add_room(parser: ArgumentParser) -> None:
    """Add --class, where a class's results are."""
    where = "where the class is; CONVBOOK_CLASS, or class/"
    parser.add_argument("--class", dest="room", type=Path, help=where)


def add_book(parser: ArgumentParser) -> None:
    """Add --class, and --db, which is its gradebook and is remembered."""
    add_room(parser)
    parser.add_argument(
        "--db",
        metavar="URL",
        help="the gradebook, as postgresql://USER@HOST/NAME; named once, it is remembered",
    )


def classroom_of(args: Namespace, submitted: Path | None = None) -> "Classroom":
    """Return the class that `add_book` asked for; submitted as in `class_at`."""
    from autograder.classroom.room import class_at, remember

    room = class_at(args.room, submitted, args.db)
    need_rights(room)
    if args.db:
        from autograder.classroom import database  # here, as nbgrader takes its time to load

        database.address(args.db)
    if args.db or submitted:
        remember(room, args.db, submitted)
    return room


def need_rights(room: "Classroom") -> None:
    """Refuse a class in which this user may not write.

    Raises:
        CourseError: what may not be read and written, and how its owner shares it.
    """
    from autograder import disk
    from autograder.course import CourseError

    read, write = os.R_OK, os.R_OK | os.W_OK
    wanted = {"": write | os.X_OK, "grades.key": read, "submitted": read | os.X_OK}
    wanted |= dict.fromkeys(("autograded", "feedback", "report", "return"), write | os.X_OK)
    wanted |= dict.fromkeys(("students.csv", "grades.jsonl", "gradebook.db"), write)
    wanted |= dict.fromkeys(("grading.lock", "collect.lock", "unsettled.csv", "given.json"), write)
    for name, rights in wanted.items():
        path = room.results / name
        if path.exists() and not os.access(path, rights):
            raise CourseError(disk.not_yours(path, room.results))


def take_times_down(room: "Classroom") -> list[str]:
    """Record when work came in, where that was changed, and print what was recorded before.

    Returns:
        A line for each time that cannot be read.
    """
    from autograder.classroom import late, record
    from autograder.shown import one_line

    if not (room.results / record.LINES).exists():
        return []
    times = late.enter(room)
    for line in times.moved:
        print(line, file=sys.stderr)
    return [one_line(why, 500) for why in times.unread.values()]


def add_sandbox(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--sandbox",
        choices=("bwrap", "user", "none"),
        help="'user' is for containers, and promises less; 'none' runs student code unprotected;"
        " every result names it",
    )


def add_all_cells(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--all-cells",
        action="store_true",
        help="run demos, experiments and plots, too; they cost time, and no points",
    )


def add_scheduler(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="grade on a Dask cluster, for example tcp://host:8786; on this machine if not given",
    )


def say_pages(pages: list["Written"], room: "Classroom") -> bool:
    """Print how many pages there are, and a line for each that is not whole; return if all are."""
    bad = [page for page in pages if page.problem]
    for page in bad:
        print(page)
    print(f"{len(pages)} feedback pages below {room.feedback}")
    return not bad


def warn(sandbox: str | None, *secrets: Path) -> None:
    """Say how well the sandbox protects, where it is not bubblewrap's.

    Args:
        sandbox: as for `add_sandbox`.
        secrets: folders that no student's process must be able to read.

    Raises:
        SandboxError: one could.
    """
    if sandbox == "none":
        print("warning: student code runs unprotected, with your rights", file=sys.stderr)
    if sandbox == "user":
        from autograder.airlock import user

        user.need(secrets)
        print("the sandbox 'user' promises less: see docs/security.md", file=sys.stderr)
