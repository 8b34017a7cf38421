"""Where an answer differs, ready for the page: tables of values, or a map of zones."""

from itertools import count
from typing import Any

from autograder.pictures import DIFFERENCE
from autograder.shown import one_line
from convbook.notebook import Node

CELL = 16  # of a map, in the unit of its view box


def of(cell: Node) -> dict[str, Any] | None:
    """Return what the page shows of a check's `judging.difference`; None where there is none.

    Args:
        cell: the graded check.
    """
    found = (o.data[DIFFERENCE] for o in cell.outputs if DIFFERENCE in o.get("data", {}))
    data = next(found, None)
    if data is None:
        return None
    if "zones" in data:
        return {"map": _map(data["zones"])}
    if "at" not in data:  # graded before there were zones
        return None
    tables = {"shape": tuple(data["shape"]), "name": _name(data["at"]), "tables": _tables(data)}
    return tables | {"look": _look(data["scene"]) if data.get("scene") else None}


def _look(scene: dict[str, Any]) -> dict[str, Any]:
    """Return how the first wrong number should come about: "place", "inputs" and "lines".

    An input is a list of tables as above, in which what the number is made of is marked.
    """
    first, (top, left) = scene["first"], scene["corner"]
    row, column = divmod(first, len(scene["expected"][0]))
    index = [*scene["at"], *([] if scene["flat"] else [top + row]), left + column]
    terms = scene["terms"][first]
    used = [{term[k] for term in terms} for k in range(2)]
    inputs = [_maps(one["maps"], marks) for one, marks in zip(scene["inputs"], used, strict=False)]
    lines = [one_line(line) for line in scene["lines"][first]]
    return {"place": f"{scene['name']}{_name(index)}", "inputs": inputs, "lines": lines}


def _maps(maps: list[dict[str, Any]], used: set[int | None]) -> list[dict[str, Any]]:
    """Return the tables of an input; `used` are numbers of cells, counted through all of them."""
    number = count()
    return [
        {
            "title": one_line(one["label"]),
            "columns": range(len(one["rows"][0])),
            "rows": [
                (label, [(one_line(text), next(number) in used) for text in row])
                for label, row in enumerate(one["rows"])
            ],
        }
        for one in maps
    ]


def _tables(data: dict[str, Any]) -> list[dict[str, Any]]:
    """Return two tables: each a title and rows of (label, cells); a cell is (text, differs)."""
    top, left = data["corner"]
    columns = range(left, left + len(data["marks"][0]))

    def row(number: int, texts: list[str], marks: str) -> tuple[int, list[tuple[str, bool]]]:
        return top + number, [(one_line(t), m == "x") for t, m in zip(texts, marks, strict=True)]

    return [
        {"title": title, "columns": columns, "rows": list(map(row, count(), rows, data["marks"]))}
        for title, rows in (("yours", data["yours"]), ("expected", data["expected"]))
    ]


def _map(marks: list[str]) -> dict[str, Any]:
    """Draw marks as one path of squares, which is smaller than a shape for each."""
    wrong = [
        f"M{CELL * j + 1} {CELL * i + 1}h{CELL - 2}v{CELL - 2}h{2 - CELL}z"
        for i, row in enumerate(marks)
        for j, mark in enumerate(row)
        if mark == "x"
    ]
    size = {"width": CELL * len(marks[0]), "height": CELL * len(marks)}
    return {"path": "".join(wrong), "count": len(wrong), **size}


def _name(index: list[int]) -> str:
    """Write an index as in code: out[0, 1] is what stands there."""
    return f"[{', '.join(map(str, index))}]" if index else ""
