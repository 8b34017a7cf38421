"""autograder check: one notebook."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.commands.common import Namespace, Parsers, add_all_cells, add_sandbox, warn

if TYPE_CHECKING:
    from autograder.grading.grade import Grade


def add(commands: Parsers) -> None:
    check = commands.add_parser("check", help="grade one notebook, hidden checks included")
    check.add_argument("notebook", type=Path)
    check.add_argument("--json", action="store_true", help="print the result as JSON")
    check.add_argument("-o", "--output", type=Path, help="write a page of feedback there")
    check.add_argument("--seed", type=int, help="repeat the grading that had this seed")
    add_sandbox(check)
    add_all_cells(check)
    check.set_defaults(command=_check)


def _check(args: Namespace) -> int:
    from autograder.grading.airlocks import open_airlock
    from autograder.grading.grade import grade
    from autograder.handin import submission

    handed_in = submission.read(args.notebook)
    warn(args.sandbox)
    with open_airlock(handed_in.lesson, args.sandbox, many=False) as airlock:
        result = grade(handed_in, airlock, args.seed, args.all_cells)
    print(result.to_json() if args.json else result.to_text())
    if args.output:
        _write_page(result, args.output)
    return 0


def _write_page(result: "Grade", path: Path) -> None:
    """Write the feedback page of one notebook; where that fails, the result is still there."""
    from autograder import disk
    from autograder.feedback.maker import Maker
    from autograder.shown import one_line

    try:
        for part in (path, path.parent):
            if part.is_symlink() and len(part.absolute().parts) > 2:  # /tmp may be one
                raise OSError(f"{part} is a link")
        if not path.parent.is_dir():
            raise OSError(f"there is no folder {path.parent}")
        with Maker() as maker:
            content, problem = maker.page(result.cells, result.assignment)
        disk.write(path, content)
        if problem:
            print(problem, file=sys.stderr)
    except OSError as error:
        said = f"no feedback page: {error}. Name another place with -o"
        print(one_line(said, 1000), file=sys.stderr)
    else:
        print(f"feedback: {one_line(path, 1000)}", file=sys.stderr)
