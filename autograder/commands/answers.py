"""autograder answers: grade written answers in the browser."""

from autograder.commands.common import Namespace, Parsers, add_book, classroom_of


def add(commands: Parsers) -> None:
    answers = commands.add_parser("answers", help="grade written answers in the browser")
    answers.add_argument("lesson", help="for example 02_convolution")
    add_book(answers)
    answers.add_argument("--port", type=int, default=0, help="of this machine; a free one")
    answers.add_argument(
        "--no-browser", action="store_true", help="print the page's address, and open nothing"
    )
    answers.set_defaults(command=_answers)


def _answers(args: Namespace) -> int:
    from autograder.answers.serve import serve
    from autograder.course import chosen

    (lesson,) = chosen([args.lesson])
    try:
        serve(classroom_of(args), lesson, args.port, not args.no_browser, _say)
    except KeyboardInterrupt:
        print(f"\nStopped; all is saved. autograder feedback {lesson.name} writes the pages again.")
    return 0


def _say(address: str) -> None:
    print(f"{address}\nCtrl-C here stops it. Whoever has this address can give points.", flush=True)
