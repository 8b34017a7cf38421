"""autograder feedback: a page for each student."""

from autograder.commands.common import Namespace, Parsers, add_book, classroom_of


def add(commands: Parsers) -> None:
    feedback = commands.add_parser("feedback", help="write the feedback pages of a graded class")
    feedback.add_argument("lessons", nargs="*", help="all that were graded where none is named")
    add_book(feedback)
    feedback.set_defaults(command=_feedback)


def _feedback(args: Namespace) -> int:
    from autograder.feedback.write import write_feedback

    problems = 0
    for page in write_feedback(classroom_of(args), args.lessons):
        print(page)
        problems += bool(page.problem)
    return 1 if problems else 0
