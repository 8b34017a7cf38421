"""autograder site: the course's website."""

from pathlib import Path

from autograder import course
from autograder.commands.common import Namespace, Parsers


def add(commands: Parsers) -> None:
    site = commands.add_parser(
        "site", help="build the website: lessons, slides, demos and docs, in one folder"
    )
    site.add_argument("-o", "--output", type=Path, default=Path("build/site"), help="where it goes")
    site.set_defaults(command=_site)


def _site(args: Namespace) -> int:
    from autograder.site.run import site

    for line in site(course.root(), course.lessons(), args.output):
        print(line, flush=True)
    return 0
