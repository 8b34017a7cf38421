"""autograder late: who is late by how much and why, and when something came."""

import os
import sys
from typing import TYPE_CHECKING

from autograder.commands.common import Namespace, Parsers, add_book, classroom_of

if TYPE_CHECKING:
    from autograder.classroom.room import Classroom


def add(commands: Parsers) -> None:
    late = commands.add_parser("late", help="list who is late and why, or set when something came")
    late.add_argument("student", nargs="?", help="a folder, name, id or email; all if not named")
    late.add_argument("lesson", nargs="?", help="all lessons if none is named")
    late.add_argument(
        "--came",
        metavar="TIME",
        help="when it came, as 2026-10-12T23:10+02:00; it is kept until another work is taken",
    )
    add_book(late)
    late.set_defaults(command=_late)


def _late(args: Namespace) -> int:
    from autograder.classroom.late import UNTOLD, standing
    from autograder.course import CourseError, lessons
    from autograder.handin import roster
    from autograder.shown import one_line

    room = classroom_of(args)
    students = roster.read(room.results)
    student = _student(room, args.student) if args.student else ""
    if args.lesson and args.lesson not in lessons():
        raise CourseError(f"no lesson {one_line(args.lesson)}; there are {', '.join(lessons())}")
    if args.came:
        if not args.lesson:
            raise CourseError("whose, and which lesson? autograder late STUDENT LESSON --came TIME")
        _set(room, student, args.lesson, args.came)
    times = standing(room)
    said = {key: str(one) for key, one in times.lates.items() if student or one.days}
    said |= dict.fromkeys(times.untold, UNTOLD)
    for (who, lesson), found in sorted(said.items()):
        if student in ("", who) and args.lesson in (None, lesson):
            name = students.of(who).name
            whose = who if name == who else f"{name} ({who})"
            print(one_line(f"{whose}, {lesson}: {found}", 500))
    for why in times.unread.values():
        print(one_line(why, 500), file=sys.stderr)
    return 1 if times.unread else 0


def _student(room: "Classroom", said: str) -> str:
    """Return the folder of a student.

    Raises:
        CourseError: there is none, or there are several.
    """
    from autograder.course import CourseError
    from autograder.handin import roster, spelling
    from autograder.shown import one_line

    found = roster.read(room.results).called(said)
    there = os.listdir(room.submitted) if room.submitted.is_dir() else []
    if not found and said in there and said == spelling.written(said):
        return said
    if len(found) != 1:
        who = f"there are several: {', '.join(found)}" if found else "there is none"
        raise CourseError(f"which student is {one_line(said)}? In {room.results}, {who}")
    return found[0]


def _set(room: "Classroom", student: str, lesson: str, said: str) -> None:
    """Write when a submission came in, and print what was written before."""
    from autograder.classroom.late import came_at
    from autograder.course import CourseError
    from autograder.handin import timestamp

    folder = room.submitted / student / lesson
    try:
        when = timestamp.parse(said, needs_zone=True)
        if not folder.is_dir():
            raise CourseError(f"{student} has handed in nothing for {lesson}")
        try:
            before = came_at(timestamp.read(folder, room.submitted))
        except CourseError as error:
            before = str(error)
        timestamp.write(folder, when, room.submitted)
    except ValueError as error:
        raise CourseError(f"--came: {error}; write a time like {timestamp.EXAMPLE}") from None
    print(f"{student}, {lesson}: {came_at(when)}; before: {before}")
