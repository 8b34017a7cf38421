"""autograder students: who is in the class, from a platform's list."""

import sys
from pathlib import Path

from autograder.commands.common import Namespace, Parsers, add_room, need_rights


def add(commands: Parsers) -> None:
    students = commands.add_parser("students", help="take a platform's list of students in")
    students.add_argument(
        "list", type=Path, help="Canvas's gradebook, or Moodle's participants or grades, as CSV"
    )
    add_room(students)
    students.set_defaults(command=_students)


def _students(args: Namespace) -> int:
    from autograder import disk
    from autograder.classroom import taken_down
    from autograder.classroom.room import class_at
    from autograder.course import CourseError
    from autograder.handin import people, roster, take
    from autograder.shown import one_line

    room = class_at(args.room)
    need_rights(room)
    try:
        found = people.read(disk.read(args.list, disk.WRITTEN_BY_HAND))
    except OSError as error:
        raise CourseError(f"{args.list}: {disk.why(error)}") from None
    except CourseError as error:
        raise CourseError(f"{args.list}: {error}") from None
    print(f"{args.list} is taken for {found.kind}")
    problems, changed = [], 0
    with take.alone(room.results):
        for line in taken_down.take_down(room):
            print(line, file=sys.stderr)
        students = roster.read(room.results)
        several = people.twice(found.people)
        for person in found.people:
            try:
                if person.name in several and students.without_id(person.name):
                    raise CourseError(f"several are called {one_line(person.name)}, and a row too")
                changed += students.learn(person.name, person.id, person.email)
            except CourseError as error:
                problems.append(f"line {person.line}: {error}")
        taken_down.take_down(room)
    for line in (*found.left, *problems):
        print(one_line(line, 500))
    new = f"{len(found.people)} students, {changed} new or with more than before"
    print(f"{new}; {len(students.all())} are in {room.results / roster.FILE}")
    return 1 if problems or not found.people else 0
