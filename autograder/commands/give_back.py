"""autograder return: the feedback pages, packed for the platform that they go back to."""

from itertools import groupby

from autograder.commands.common import Namespace, Parsers, add_book, classroom_of, take_times_down


def add(commands: Parsers) -> None:
    back = commands.add_parser("return", help="pack the feedback pages as a platform takes them")
    back.add_argument("lessons", nargs="*", help="all that were graded where none is named")
    back.add_argument(
        "--to",
        choices=("canvas", "moodle", "folder"),
        required=True,
        help="whose shape: a zip a lesson for Canvas or Moodle, or a folder a person",
    )
    add_book(back)
    back.set_defaults(command=_return)


def _return(args: Namespace) -> int:
    from autograder.course import CourseError
    from autograder.feedback import back
    from autograder.feedback.write import write_feedback
    from autograder.shown import one_line

    room, is_whole, is_empty = classroom_of(args), True, True
    take_times_down(room)
    pages = list(write_feedback(room, args.lessons))
    if not pages:
        raise CourseError(f"{room.results}: nothing was graded there; run autograder grade first")
    for lesson, theirs in groupby(pages, lambda page: page.lesson):
        made = list(theirs)
        for page in made:
            if page.problem:
                print(page)
                is_whole = False
        packed = back.pack(room, lesson, args.to, made)
        if packed.students:
            number = len(packed.students)
            print(f"wrote {packed.path}: {number} page{'s' * (number != 1)} of {lesson}")
            is_empty = False
        if packed.left:
            names = ", ".join(map(one_line, packed.left))
            print(f"{lesson}: no name of {args.to} is known of {len(packed.left)}: {names}")
    if is_empty:
        how = "collect its download, and run this once more; or use --to folder"
        raise CourseError(f"{room.results}: no page that can be returned to {args.to}: {how}")
    return 0 if is_whole else 1
