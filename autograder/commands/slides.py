"""autograder slides: the decks of the lectures."""

from autograder import course
from autograder.commands.common import Namespace, Parsers


def add(commands: Parsers) -> None:
    slides = commands.add_parser("slides", help="build the slides, one HTML file a lecture")
    slides.add_argument("decks", nargs="*", help="all where none is named")
    slides.add_argument("--pdf", action="store_true", help="print each to PDF, too")
    slides.set_defaults(command=_slides)


def _slides(args: Namespace) -> int:
    from autograder.slides.build import build

    for line in build(course.root(), args.decks, args.pdf):
        print(line, flush=True)
    return 0
