"""The short marks of a lesson's source, and nbgrader's metadata that they stand for.

# %% exercise="conv_forward"                  the student writes this cell
# %% exercise="f" withholds="conv_forward"    and may not use this given layer for it
# %% check="conv_forward" points=4            a check of it
# %% check="conv_forward" part="stride" points=2
# %% given="setup"                            locked, run before everything else
# %% [markdown] answer="why_flip" points=2    a written answer, graded by hand
# %% tags=["demo"]                            shows something (or "experiment", or "plot")
# %% tags=["guess"]                           guess.again("05"): what was guessed wrong comes back
# %% tags=["plot"] alt="Two lines that meet." what is drawn, for those who cannot see it

What is to be guessed stands in a comment below a prediction: see autograder/asking.py.
"""

from typing import Any

from nbformat import NotebookNode

KINDS = ("exercise", "check", "given", "answer")


class MarkError(Exception):
    """A mark that cannot be understood; the text says which and what to write."""


def expand(metadata: dict[str, Any]) -> dict[str, Any]:
    """Replace the short marks of one cell by nbgrader's metadata.

    Raises:
        MarkError: a mark lacks something, or two marks contradict each other.
    """
    rest = dict(metadata)
    found = [kind for kind in KINDS if kind in rest]
    if not found:
        return rest
    if len(found) > 1:
        raise MarkError(f"a cell is {' and '.join(found)}: keep one")
    kind = found[0]
    name, part, points = rest.pop(kind), rest.pop("part", None), rest.pop("points", None)
    if (points is None) == (kind in ("check", "answer")):
        raise MarkError(f'{kind}="{name}": {"needs" if points is None else "has no"} points=')
    return rest | {"nbgrader": _nbgrader(kind, name, part, points)}


def contract(metadata: dict[str, Any]) -> dict[str, Any]:
    """Replace nbgrader's metadata of one cell by the short marks; the inverse of `expand`."""
    rest = dict(metadata)
    mark = rest.pop("nbgrader", None)
    for noise in ("deletable", "editable", "trusted", "collapsed", "jupyter"):
        rest.pop(noise, None)
    if not mark or not mark.get("grade_id"):
        return rest
    if mark["solution"] and not mark["grade"]:
        return {"exercise": mark["grade_id"]} | rest
    kind, _, name = mark["grade_id"].partition("-")
    short: dict[str, Any] = {kind: name}
    if kind == "check":
        short["check"], _, part = name.partition("-")
        short |= {"part": part} if part else {}
    return short | ({"points": mark["points"]} if mark["grade"] else {}) | rest


def cell_id(cell: NotebookNode, fallback: str) -> str:
    """Name a cell after its nbgrader name, so that two builds are equal."""
    return cell.metadata.get("nbgrader", {}).get("grade_id", fallback)


def _nbgrader(kind: str, name: str, part: str | None, points: float | None) -> dict[str, Any]:
    label = name if kind == "exercise" else f"{kind}-{name}"
    mark: dict[str, Any] = {
        "grade": kind in ("check", "answer"),
        "grade_id": f"{label}-{part}" if part else label,
        "locked": kind in ("check", "given"),
        "schema_version": 3,
        "solution": kind in ("exercise", "answer"),
        "task": False,
    }
    return mark | ({"points": points} if points is not None else {})
