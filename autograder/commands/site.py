"""autograder site: the course's website."""

from autograder import course
from autograder.commands.common import Namespace, Parsers


def add(commands: Parsers) -> None:
    site = commands.add_parser(
        "site", help="build the website: lessons, slides, demos and docs, in a folder"
    )
    site.set_defaults(command=_site)


def _site(args: Namespace) -> int:
    from autograder.site.run import site

    for line in site(course.root(), course.lessons()):
        print(line, flush=True)
    return 0
