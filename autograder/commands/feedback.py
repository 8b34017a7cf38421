"""autograder feedback: a page for each student."""

from autograder.commands.common import Namespace, Parsers, add_book, classroom_of, take_times_down


def add(commands: Parsers) -> None:
    feedback = commands.add_parser("feedback", help="write the feedback pages of a graded class")
    feedback.add_argument("lessons", nargs="*", help="all that were graded where none is named")
    add_book(feedback)
    feedback.set_defaults(command=_feedback)


def _feedback(args: Namespace) -> int:
    from autograder.feedback.write import write_feedback

    room, problems = classroom_of(args), 0
    take_times_down(room)
    for page in write_feedback(room, args.lessons):
        print(page)
        problems += bool(page.problem)
    return 1 if problems else 0
