"""A failed check as a scene: the numbers that go in, the wrong number, and its terms one by one.

It is made of the failure alone: the call's arguments, the answer and what was expected. Nothing of
the student's runs again.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from convbook.check.compare import ATOL, RTOL
from convbook.look.calls import Calls
from convbook.look.layers import parts
from convbook.look.links import NOTHING, Array, Links, NoPicture

SIDE = 12  # rows and columns of the result that are shown
MOST_CELLS = 600  # of one input
MOST_TERMS = 6000  # of all that is shown
WRITTEN = 60  # terms of one number


def of_failure(error: BaseException, calls: Calls) -> dict[str, Any] | None:
    """Return the scene of a failed comparison, or None where there is none to draw.

    Args:
        error: a `NotYet` that knows the answer and what was expected.
        calls: those of the check.
    """
    answer = getattr(error, "actual", None)
    found = calls.of_answer(answer)
    if found is None:
        return None
    call, number = found
    args, kwargs = call.args, call.kwargs
    if call.name.endswith("_backward") or call.name.startswith("conv_backward"):
        forward = calls.behind(call)
        if forward is None:
            return None
        dout = args[0] if args else kwargs.get("dout")
        args, kwargs = (dout, *forward.args), forward.kwargs
    try:
        made = parts(call.name, args, kwargs)
        name, links = list(made.items())[number]
        return scene(call.name, name, links, answer, getattr(error, "expected", None))
    except (NoPicture, IndexError):
        return None


def scene(function: str, name: str, links: Links, yours: Any, expected: Any) -> dict[str, Any]:
    """Return what a page shows of a wrong result, as lists and texts.

    Args:
        function: that gave the result.
        name: of the part that is wrong, such as dx.
        links: what it is made of.
        yours: the answer, an array.
        expected: what it should be.

    Returns:
        "function", "name" and "at", the leading index of the matrix that is shown; "flat", whether
        the result is a line; "corner", the matrix' first row and column that are shown; "yours" and
        "expected", rows of texts; "wrong", rows of booleans; "first", the number of the first wrong
        place; "inputs", for each array its "name" and its "maps", each with "label" and "rows";
        "terms", for each place a list of [l, r]: numbers of cells of the inputs, -1 for a zero of
        the padding, r None where nothing is multiplied; "lines", for each place how it is computed.

    Raises:
        NoPicture: nothing can be shown, or the links are not those of what was expected.
    """
    got, wanted = _numbers(yours), _numbers(expected)
    if got.shape != wanted.shape or wanted.ndim == 0:
        raise NoPicture("another shape")
    _hold(links, wanted)
    with np.errstate(invalid="ignore"):
        wrong = ~(np.abs(got - wanted) <= ATOL + RTOL * np.abs(wanted))
    if not wrong.any():
        raise NoPicture("nothing is wrong")
    rows, columns = (1, 1, *wanted.shape)[-2:]
    matrix, row, column = _place(int(wrong.argmax()), rows, columns)
    top, left = _corner(row, rows), _corner(column, columns)
    height, width = min(SIDE, rows), min(SIDE, columns)
    places = (
        matrix * rows * columns
        + (top + np.arange(height))[:, None] * columns
        + (left + np.arange(width))
    )  # (height, width), flat indices
    mine, right = _texts(got.ravel()[places], wanted.ravel()[places], wrong.ravel()[places])
    made = _made_of(links, places.ravel())
    values = [text for line in right for text in line]
    steps = zip(places.ravel().tolist(), made["terms"], values, strict=True)
    return {
        "function": function,
        "name": name,
        "at": _index(matrix, wanted.shape),
        "flat": wanted.ndim == 1,
        "corner": [top, left],
        "yours": mine,
        "expected": right,
        "wrong": wrong.ravel()[places].tolist(),
        "first": (row - top) * width + column - left,
        "lines": [_lines(links, made, *step) for step in steps],
        **made,
    }


def _numbers(values: Any) -> np.ndarray:
    try:
        array = np.asarray(values)
    except ValueError:
        raise NoPicture("not an array") from None
    if array.dtype.kind not in "biuf" or array.size == 0:
        raise NoPicture("not numbers")
    return array.astype(np.float64)


def _hold(links: Links, wanted: np.ndarray) -> None:
    """Refuse links that do not make what was expected: then it is not the layer they are for."""
    if links.out.max(initial=0) >= wanted.size:
        raise NoPicture("another size")
    if links.rule != "sum":
        return
    made = np.bincount(links.out, _products(links), minlength=wanted.size)
    if links.plus is not None:
        made = made + links.plus.values.ravel()
    if not np.allclose(made, wanted.ravel(), rtol=1e-4, atol=1e-6):
        raise NoPicture("other numbers")


def _products(links: Links) -> np.ndarray:
    def of(array: Array, places: np.ndarray) -> np.ndarray:
        values = array.values.ravel().astype(np.float64)
        return np.where(places == NOTHING, 0.0, values[np.maximum(places, 0)])

    first = of(links.arrays[0], links.left)
    return first if links.right is None else first * of(links.arrays[1], links.right)


def _place(flat: int, rows: int, columns: int) -> tuple[int, int, int]:
    """Return which matrix, row and column a flat index stands for."""
    matrix, rest = divmod(flat, rows * columns)
    return matrix, *divmod(rest, columns)


def _corner(place: int, size: int) -> int:
    """Return where a window of SIDE starts that holds a place."""
    return 0 if place < SIDE else min(place - SIDE // 2, size - SIDE)


def _index(matrix: int, shape: tuple[int, ...]) -> list[int]:
    return [int(i) for i in np.unravel_index(matrix, shape[:-2])] if len(shape) > 2 else []


def _made_of(links: Links, places: np.ndarray) -> dict[str, Any]:
    """Return the inputs that some places of the result need, and the terms of each."""
    here = np.isin(links.out, places)
    out, left = links.out[here], links.left[here]
    right = None if links.right is None else links.right[here]
    if len(out) > MOST_TERMS:
        raise NoPicture("too many terms")
    first, left = _maps(links.arrays[0], left)
    inputs, seconds = [first], [None] * len(out)
    if right is not None:
        second, numbers = _maps(links.arrays[1], right)
        inputs.append(second)
        seconds = numbers.tolist()
    terms: dict[int, list[list[int | None]]] = {int(place): [] for place in places}
    for o, l, r in zip(out.tolist(), left.tolist(), seconds, strict=True):  # noqa: E741
        terms[o].append([l, r])
    return {"inputs": inputs, "terms": list(terms.values())}


def _lines(links: Links, made: dict[str, Any], place: int, terms: list, expected: str) -> list[str]:
    """Write how a number of the result comes about."""
    if links.words:
        return list(links.words[place])
    cells = [[t for m in one["maps"] for row in m["rows"] for t in row] for one in made["inputs"]]
    said = [_term(cells, *term) for term in terms[:WRITTEN]]
    if links.rule == "largest":
        return [f"the largest of {', '.join(said)} is {expected}"]
    said += ["..."] * (len(terms) > WRITTEN)
    said += [] if links.plus is None else [f"{_text(links.plus.values.ravel()[place])}\xa0(bias)"]
    if not said:
        return [f"nothing reaches this place: {expected}"]
    later = "".join(f" − {t[1:]}" if t[0] == "−" else f" + {t}" for t in said[1:])
    return [f"{said[0]}{later} = {expected}"]


def _term(cells: list[list[str]], left: int, right: int | None) -> str:
    """Write a term with spaces at which no line ends."""
    first = cells[0][left] if left != NOTHING else "0"
    if right is None:
        return first
    second = cells[1][right] if right != NOTHING else "0"
    return f"{first}\xa0·\xa0({second})" if second[0] == "−" else f"{first}\xa0·\xa0{second}"


def _maps(array: Array, used: np.ndarray) -> tuple[dict[str, Any], np.ndarray]:
    """Cut out the matrices of an array in which something is used, and number their cells anew."""
    values = array.values
    rows, columns = (1, 1, *values.shape)[-2:]
    size = rows * columns
    matrices = np.unique(used[used != NOTHING] // size)
    if not 0 < len(matrices) * size <= MOST_CELLS:
        raise NoPicture("too large an input")
    stack = values.reshape(-1, rows, columns)
    maps = [
        {
            "label": _label(array.name, _index(int(m), values.shape)),
            "rows": [[_text(value) for value in row] for row in stack[m]],
        }
        for m in matrices
    ]
    number = np.searchsorted(matrices, used // size) * size + used % size
    return {"name": array.name, "maps": maps}, np.where(used == NOTHING, NOTHING, number)


def _label(name: str, index: list[int]) -> str:
    return f"{name}[{', '.join(map(str, index))}]" if index else name


def _texts(
    got: np.ndarray, wanted: np.ndarray, wrong: np.ndarray
) -> tuple[list[list[str]], list[list[str]]]:
    """Write both with so few digits that what differs still looks different."""
    for digits in (4, 7, 17):
        yours, expected = ([[_text(v, digits) for v in row] for row in a] for a in (got, wanted))
        if (np.array(yours) != np.array(expected))[wrong].all():
            break
    return yours, expected


def _text(value: float, digits: int = 4) -> str:
    return f"{float(value) + 0.0:.{digits}g}".replace("-", "−")
