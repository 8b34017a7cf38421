"""Notebooks whose cells, marks, order or results were edited."""

from attacks.case import Case, Notebook, cell_named, code_cell, edited
from attacks.target import FULL, RIGHT, SCALE, WRONG

CHECKS = (
    "check-scale",
    "check-scale-table",
    "check-map_rows",
    "check-affine_forward",
    "check-affine_forward-backward",
)


def each_check(change: dict) -> object:
    """Change every check cell of a notebook."""

    def apply(book: Notebook) -> None:
        for name in CHECKS:
            cell_named(book, name).update(change)

    return apply


def remove_checks(book: Notebook) -> None:
    book["cells"] = [c for c in book["cells"] if not is_check(c)]


def is_check(cell: Notebook) -> bool:
    return cell["metadata"].get("nbgrader", {}).get("grade_id", "").startswith("check-")


def mark_all(**mark: object) -> object:
    """Change nbgrader's metadata of every check cell."""

    def apply(book: Notebook) -> None:
        for cell in filter(is_check, book["cells"]):
            cell["metadata"]["nbgrader"].update(mark)

    return apply


def double_checks(book: Notebook) -> None:
    copies = [code_cell("1") | {"metadata": c["metadata"]} for c in book["cells"] if is_check(c)]
    book["cells"] += copies


def checks_first(book: Notebook) -> None:
    book["cells"].sort(key=lambda cell: not is_check(cell))


def reversed_order(book: Notebook) -> None:
    book["cells"].reverse()


def extra_grades(book: Notebook) -> None:
    """Add a graded cell of a new name that is worth a lot."""
    mark = dict(cell_named(book, "check-scale")["metadata"]["nbgrader"])
    mark |= {"grade_id": "check-bonus", "points": 100}
    book["cells"].append(code_cell("1") | {"metadata": {"nbgrader": mark}})


def solution_takes_check_name(book: Notebook) -> None:
    """Give the student's own cell the name of a check, and the check no name."""
    cell = cell_named(book, "scale")
    mark = dict(cell_named(book, "check-scale")["metadata"]["nbgrader"])
    cell_named(book, "check-scale")["metadata"] = {}
    cell["metadata"]["nbgrader"] = mark | {"solution": True, "grade": True, "locked": False}


def forged_results(book: Notebook) -> None:
    """Write results, scores and outputs into the notebook, as grading does."""
    for cell in filter(is_check, book["cells"]):
        points = cell["metadata"]["nbgrader"]["points"]
        cell["metadata"]["convbook"] = {"status": "pass", "score": points, "points": points}
        cell["metadata"]["nbgrader"] |= {"score": points, "auto_score": points}
        cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "passed"}]
    book["metadata"]["convbook"] = {"score": 20}


def names_swapped(book: Notebook) -> None:
    """Let every check bear the name of the one exercise that is right."""
    for cell in filter(is_check, book["cells"]):
        cell["source"] = cell_named(book, "check-scale")["source"]


def skip_tags(book: Notebook) -> None:
    """Tag the checks as cells that are only there to show something."""
    for cell in filter(is_check, book["cells"]):
        cell["metadata"]["tags"] = ["demo", "skip-execution", "raises-exception"]


def setup_edited(book: Notebook) -> None:
    source = "import numpy as np\n\nclass check:\n    same = raises = staticmethod(print)"
    cell_named(book, "given-setup")["source"] = source


CASES = [
    Case(
        "tampering",
        "checks replaced",
        "every check cell says pass",
        edited(each_check({"source": "print('pass')"}), **WRONG),
        0,
    ),
    Case("tampering", "checks deleted", "no check cell is left", edited(remove_checks, **WRONG), 0),
    Case(
        "tampering",
        "checks deleted, code right",
        "no check cell is left, but the answers are right",
        edited(remove_checks),
        FULL,
    ),
    Case(
        "tampering",
        "checks made text",
        "check cells become Markdown",
        edited(each_check({"cell_type": "markdown"}), **WRONG),
        0,
    ),
    Case(
        "tampering",
        "checks unlocked",
        "check cells are solution cells now",
        edited(mark_all(solution=True, locked=False), **WRONG),
        0,
    ),
    Case(
        "tampering",
        "points changed",
        "each check is worth 1000",
        edited(mark_all(points=1000), scale=RIGHT["scale"]),
        FULL,
    ),
    Case(
        "tampering",
        "points negative",
        "wrong answers are worth -50",
        edited(mark_all(points=-50), **WRONG),
        0,
    ),
    Case(
        "tampering",
        "checks doubled",
        "each check stands twice, the second one empty",
        edited(double_checks, **WRONG),
        0,
    ),
    Case(
        "tampering",
        "checks doubled, code right",
        "each check stands twice, and the answers are right",
        edited(double_checks),
        FULL,
    ),
    Case(
        "tampering",
        "checks first",
        "every check stands before the code, which is right",
        edited(checks_first),
        FULL,
    ),
    Case(
        "tampering",
        "order reversed",
        "the cells stand in reverse order; the code is right",
        edited(reversed_order),
        FULL,
    ),
    Case("tampering", "extra graded cell", "a new check of 100 points", edited(extra_grades), FULL),
    Case(
        "tampering",
        "name of a check taken",
        "the exercise cell bears the check's name; everything is wrong",
        edited(solution_takes_check_name, **WRONG),
        0,
    ),
    Case(
        "tampering",
        "results forged",
        "the notebook brings scores, results and outputs along",
        edited(forged_results, **WRONG),
        0,
    ),
    Case(
        "tampering",
        "checks swapped",
        "every check tests the one exercise that is right",
        edited(names_swapped, **(WRONG | {"scale": RIGHT["scale"]})),
        SCALE,
    ),
    Case(
        "tampering",
        "checks tagged",
        "tags say that the checks are demos, not to be run",
        edited(skip_tags, **WRONG),
        0,
    ),
    Case(
        "tampering",
        "setup edited",
        "the locked set-up cell brings a check of its own",
        edited(setup_edited, **WRONG),
        0,
    ),
]
