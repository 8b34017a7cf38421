"""autograder slides: the decks of the lectures."""

from autograder import course
from autograder.commands.common import Namespace, Parsers


def add(commands: Parsers) -> None:
    slides = commands.add_parser("slides", help="build the slides, one HTML file a lecture")
    slides.add_argument("decks", nargs="*", help="all where none is named")
    what = slides.add_mutually_exclusive_group()
    what.add_argument("--pdf", action="store_true", help="print each to PDF, too")
    what.add_argument(
        "--vote", action="store_true", help="show what is built, and let phones vote on questions"
    )
    slides.add_argument("--address", help="of this machine, by which phones reach it for --vote")
    slides.set_defaults(command=_slides)


def _slides(args: Namespace) -> int:
    if args.vote:
        return _vote(args)
    from autograder.slides.build import build

    for line in build(course.root(), args.decks, args.pdf):
        print(line, flush=True)
    return 0


def _vote(args: Namespace) -> int:
    from autograder.slides.vote.serve import serve

    try:
        serve(course.root(), args.decks, args.address, _say)
    except KeyboardInterrupt:
        print("\nStopped. Of the votes nothing is kept.")
    return 0


def _say(own: str, phones: str) -> None:
    print(
        f"The slides, for this machine alone: {own}\n"
        f"For phones on the same network: {phones}\n"
        "On a question V opens a vote, V closes it, and V takes it away.\n"
        "If phones do not reach the address, this network keeps its devices apart, as many\n"
        "universities do: vote by hands, or let the phones join a hotspot of this machine.\n"
        "Ctrl-C here stops it, and of the votes nothing is kept.",
        flush=True,
    )
