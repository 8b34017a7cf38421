"""Say how an answer differs from what it should be: form first, then values."""

from typing import Any

import numpy as np

from convbook.check.patterns import pattern

# A float32 answer to a float64 question is right: a sum of about 100 products of numbers near 1
# rounds by some 1e-6 in float32. The smallest known mistake shifts a value by more than 1e-3.
RTOL = 1e-5
ATOL = 1e-5

DIGITS, FEW = 6, 2  # that are shown of a number

_KINDS = {"b": "true or false", "i": "whole numbers", "f": "floating point", "c": "complex"}


def difference(
    actual: Any,
    expected: Any,
    name: str,
    rtol: float = RTOL,
    atol: float = ATOL,
    exact: bool = True,
) -> str | None:
    """Say how an answer differs from what is expected, or return None where it does not.

    Args and results as in `same`; the text is one to three lines.

    Not `exact`, the text holds no words of the answer, and of its numbers the first two digits of
    one: an answer cannot spell out in it what a function was called with.
    """
    if isinstance(expected, dict):
        return _dict_difference(actual, expected, name, rtol, atol, exact)
    if expected is None or isinstance(expected, (str, bool)):
        return _plain_difference(actual, expected, name, exact)
    if isinstance(expected, (list, tuple)) and not _is_numeric(expected):
        return _list_difference(actual, expected, name, rtol, atol, exact)
    wanted = np.asarray(expected)
    return wrong_form(actual, wanted, name, exact) or _wrong_values(
        np.asarray(actual), wanted, name, rtol, atol, exact
    )


def wrong_form(actual: Any, wanted: np.ndarray, name: str, exact: bool = True) -> str | None:
    """Say what is wrong with type, shape, kind or finiteness, in this order."""
    return wrong_shape(actual, wanted, name, exact) or _not_finite(
        np.asarray(actual), wanted, name, exact
    )


def wrong_shape(actual: Any, wanted: np.ndarray, name: str, exact: bool = True) -> str | None:
    """Say what is wrong with type, shape or kind, in this order."""
    if actual is None:
        return f"{name} is None. Does the function end without a return?"
    try:
        got = np.asarray(actual)
    except (TypeError, ValueError):
        got = np.asarray(None)
    if got.dtype.kind not in "biufc":
        return f"{name} is {_short(actual, exact)}, expected {describe(wanted)}."
    if got.shape != wanted.shape:
        is_told = exact or _is_near(got.shape, wanted.shape)
        shape = f"shape {got.shape}" if is_told else "another shape"
        return f"{name} has {shape}, expected {wanted.shape}." + _shape_advice(got, wanted)
    got_kind, wanted_kind = _kind(got), _kind(wanted)
    if got.ndim == 0 and (got_kind, wanted_kind) == ("i", "f"):
        return None  # 0 for 0.0 is right; in an array whole numbers round what comes later
    if got_kind != wanted_kind:
        return (
            f"{name} has dtype {got.dtype.name}, {_KINDS[got_kind]};"
            f" expected {_KINDS[wanted_kind]} ({wanted.dtype})."
        )
    return None


def _not_finite(got: np.ndarray, wanted: np.ndarray, name: str, exact: bool) -> str | None:
    strange = ~np.isfinite(got) & np.isfinite(wanted)
    if not strange.any():
        return None
    first = _first(strange)
    text = f"{name} has {_how_many(strange, exact)} of {got.size} values that are not finite."
    theirs = _number(wanted[first]) if exact else _few(wanted[first])
    return text + f"\n  First at {list(first)}: yours {got[first]}, expected {theirs}."


def _wrong_values(
    got: np.ndarray, wanted: np.ndarray, name: str, rtol: float, atol: float, exact: bool
) -> str | None:
    """Say how many values differ, and show the first and, where exact, the worst."""
    if got.size == 0:
        return None
    if got.dtype.kind == "b":  # truth values cannot be subtracted
        got, wanted = got.astype(int), wanted.astype(int)
    with np.errstate(invalid="ignore"):  # inf - inf, where both are infinite
        gap = np.where(got == wanted, 0.0, np.abs(got - wanted, dtype=np.float64))
    whole = got.dtype.kind in "iu" and wanted.dtype.kind in "iu"  # such numbers are not rounded
    wrong = got != wanted if whole else ~(gap <= atol + rtol * np.abs(wanted))
    if not wrong.any():
        return None

    def show(where: str, i: tuple[int, ...]) -> str:
        if not exact:
            return f"\n  {where} at {list(i)}: yours {_about(got[i], wanted[i])}."
        yours, theirs = _number(got[i]), _number(wanted[i])
        if yours == theirs:
            yours, theirs = repr(float(got[i])), repr(float(wanted[i]))
        return f"\n  {where} at {list(i)}: yours {yours}, expected {theirs}."

    if got.ndim == 0 and not exact:
        return f"{name} is {_about(got[()], wanted[()])}."
    if got.ndim == 0:
        return f"{name} is {_number(got[()])}, expected {_number(wanted[()])}."
    first = _first(wrong)
    worst = tuple(int(k) for k in np.unravel_index(np.argmax(np.where(wrong, gap, -1)), gap.shape))
    text = f"{name}: {_how_many(wrong, exact)} of {got.size} values differ." + show("First", first)
    text += show("Worst", worst) if exact and worst != first else ""
    said = pattern(got, wanted, wrong, DIGITS if exact else FEW)
    return text + (f"\n  {said}" if said else "")


def _dict_difference(
    actual: Any, expected: dict, name: str, rtol: float, atol: float, exact: bool
) -> str | None:
    if not isinstance(actual, dict):
        return f"{name} is {_short(actual, exact)}, expected a dict."
    if set(actual) != set(expected):
        wanted = sorted(map(str, expected))
        got = f"the keys {sorted(map(str, actual))}" if exact else "other keys"
        return f"{name} has {got}, expected {wanted}."
    parts = (
        difference(actual[k], expected[k], f"{name}[{k!r}]", rtol, atol, exact) for k in expected
    )
    return next(filter(None, parts), None)


def _list_difference(
    actual: Any, expected: list | tuple, name: str, rtol: float, atol: float, exact: bool
) -> str | None:
    if not isinstance(actual, (list, tuple)):
        return f"{name} is {_short(actual, exact)}, expected a {type(expected).__name__}."
    if len(actual) != len(expected):
        far = not exact and len(actual) > 2 * len(expected)
        count = "too many" if far else len(actual)
        return f"{name} has {count} entries, expected {len(expected)}."
    pairs = enumerate(zip(actual, expected, strict=True))
    parts = (difference(a, e, f"{name}[{i}]", rtol, atol, exact) for i, (a, e) in pairs)
    return next(filter(None, parts), None)


def _plain_difference(actual: Any, expected: Any, name: str, exact: bool) -> str | None:
    plain = actual.item() if isinstance(actual, np.generic) else actual
    if type(plain) is type(expected) and plain == expected:
        return None
    if exact and isinstance(plain, bool) and isinstance(expected, bool):
        return f"{name} is {plain}, expected {expected}."
    return f"{name} is {_short(actual, exact)}, expected {expected!r}."


def _shape_advice(got: np.ndarray, wanted: np.ndarray) -> str:
    if got.shape == wanted.shape[::-1] and got.ndim == 2:
        return "\n  Rows and columns have changed places."
    if np.squeeze(got).shape == np.squeeze(wanted).shape:
        return "\n  Axes of length 1 are too many or too few: look at keepdims and reshape."
    if got.size == wanted.size:
        return "\n  The number of values is right: look at the reshape."
    return ""


def _is_numeric(values: Any) -> bool:
    try:
        return np.asarray(values).dtype.kind in "iufc"
    except ValueError:  # lists of different lengths
        return False


def _kind(array: np.ndarray) -> str:
    return "i" if array.dtype.kind == "u" else array.dtype.kind


def _first(where: np.ndarray) -> tuple[int, ...]:
    return tuple(int(i) for i in np.argwhere(where)[0])


def _number(value: Any, digits: int = DIGITS) -> str:
    return f"{value:.{digits}g}"


def _about(got: Any, wanted: Any) -> str:
    """Show a value in a few digits beside what it should be."""
    yours, theirs = _few(got), _few(wanted)
    if not np.iscomplexobj(wanted) and float(wanted).is_integer():
        theirs = _number(wanted, 15)
    if yours == _few(wanted) and not np.iscomplexobj(got):
        yours = f"a little {'more' if got > wanted else 'less'}"
    return f"{yours}, expected {theirs}"


def _few(value: Any) -> str:
    """Write a number with its first two digits; a whole one below 100 is whole."""
    if np.iscomplexobj(value):
        return "a complex number"
    if value != 0 and not 1e-6 < abs(value) < 1e9:
        return "near 0" if abs(value) < 1 else "very large"
    rounded = f"{float(f'{value:.{FEW}g}'):g}"
    if sum(map(str.isdigit, rounded)) > FEW + 1:  # zeros would look like digits of the answer
        rounded = f"{value:.{FEW - 1}e}"
    return rounded if float(rounded) == value else f"about {rounded}"


def _how_many(where: np.ndarray, exact: bool) -> str:
    """Say how many places of an array are meant."""
    count = int(where.sum())
    if exact or count in (1, where.size):
        return str(count)
    return "a few" if 4 * count < where.size else "many" if 4 * count < 3 * where.size else "most"


def _is_near(got: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    """Tell whether a shape is small enough to be shown beside another in any case."""
    return len(got) <= len(wanted) + 1 and max(got, default=0) <= 2 * max(wanted, default=1)


def _short(value: Any, exact: bool) -> str:
    return short(value) if exact else _kind_of(value)


def short(value: Any) -> str:
    text = repr(value)
    return _kind_of(value) if len(text) > 40 else f"{text} ({_kind_of(value)})"


def _kind_of(value: Any) -> str:
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def describe(expected: Any) -> str:
    if isinstance(expected, (str, bool, dict)) or expected is None:
        return repr(expected) if not isinstance(expected, dict) else f"all {len(expected)} entries"
    if isinstance(expected, (list, tuple)) and not _is_numeric(expected):
        return f"all {len(expected)} entries"
    array = np.asarray(expected)
    if array.ndim == 0:
        return _number(array[()])
    return f"{array.size} values of shape {array.shape}"
