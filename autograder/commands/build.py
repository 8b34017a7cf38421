"""autograder build, import: from text sources to notebooks, and back."""

from autograder import course
from autograder.commands.common import Namespace, Parsers


def add(commands: Parsers) -> None:
    build = commands.add_parser("build", help="build the notebooks from their text sources")
    build.add_argument("lessons", nargs="*", help="all where none is named")
    build.add_argument("--check", action="store_true", help="change nothing, fail on differences")
    build.set_defaults(command=_build)

    take = commands.add_parser("import", help="take an edited solution notebook into its source")
    take.add_argument("lesson")
    take.set_defaults(command=_import)


def _build(args: Namespace) -> int:
    from autograder.build import run
    from autograder.judging import at_home, puzzles

    root = course.root()
    if not args.check:
        for line in run.build(root, args.lessons):
            print(line)
        for lesson in at_home.outdated(root, args.lessons):
            print(f"wrote {at_home.write(lesson).relative_to(root)}")
        for lesson in puzzles.outdated(root, args.lessons):
            print(f"wrote {puzzles.write(lesson).relative_to(root)}")
        return 0
    findings = list(run.check(root, args.lessons))
    findings += [
        f"{lesson.name}: the names of its mistakes are older than it; autograder build writes them"
        for lesson in at_home.outdated(root, args.lessons)
    ]
    findings += [
        f"{lesson.name}: its wrong functions are old; autograder build writes them"
        for lesson in puzzles.outdated(root, args.lessons)
    ]
    print(*findings or ["build: everything is what its source builds"], sep="\n")
    return 1 if findings else 0


def _import(args: Namespace) -> int:
    from autograder.build import run

    folder = course.root()
    print(f"wrote {run.import_edit(folder, args.lesson).relative_to(folder)}")
    return 0
