"""Name what can be told from the failures themselves, without making a mistake on purpose."""

import re
from collections.abc import Iterable
from typing import Any

import numpy as np

from autograder.airlock.errors import MissingName
from autograder.judging.alike import is_number, is_refusal

NOT_FINISHED = "not finished"
UNDEFINED = "a name that nothing defines"
UNSET = "a variable that is not always set"
NOT_WHOLE = "a size that is not a whole number"
OTHER_ERROR = "another exception than asked for"
AN_AXIS = "an axis of length 1 too many or too few"
ACCEPTED = "what should be refused is accepted"
CHANGES = "changes its argument"
NOT_FINITE = "a number that is not finite"
REFUSALS = (OTHER_ERROR, ACCEPTED)

# What Python and NumPy say, whatever the code looks like.
_WORDS = {
    r"name '\w+' is not defined": UNDEFINED,
    r"module '[\w.]+' has no attribute": UNDEFINED,
    r"cannot access (local|free) variable": UNSET,
    r"'float' object cannot be interpreted as an integer": NOT_WHOLE,
    r"slice indices must be integers": NOT_WHOLE,
    r"only integers, slices .* are valid indices": NOT_WHOLE,
}
_SAID = {
    UNDEFINED: "Is a word misspelt, or an import missing?",
    UNSET: "On which path through the function does it get no value?",
    NOT_WHOLE: "/ gives a float even where nothing is left over; // gives a whole number.",
    OTHER_ERROR: "The exercise says which exception to raise.",
    ACCEPTED: "The exercise says when to raise an exception.",
    AN_AXIS: "The values are right: look at keepdims, None and reshape.",
    NOT_FINITE: "Something overflows, or is divided by 0, or 0 has a logarithm.",
    CHANGES: "The caller still needs it: work on a copy.",
}


def name(check_id: str, failures: Iterable[BaseException]) -> tuple[str, str] | None:
    """Name what is seen of the first failure; some things only where they are seen of all.

    Returns:
        The name, and a hint; None where there is no such thing.
    """
    signs = [_sign(error) for error in failures if not _follows(error, check_id)]
    if not signs or signs[0] is None:
        return None
    found = signs[0][0]
    if found == OTHER_ERROR and not all(sign and sign[0] in REFUSALS for sign in signs):
        return None  # it raises whatever it is asked
    of_all = found in (NOT_FINISHED, ACCEPTED)
    return None if of_all and len(set(signs)) > 1 else signs[0]


def _follows(error: BaseException, check_id: str) -> bool:
    """Tell whether an exception is the check's own: something before gave it no answer."""
    if isinstance(error, MissingName):
        return True
    if hasattr(error, "outline") or type(error) not in (NameError, TypeError):
        return False
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace is not None and trace.tb_frame.f_code.co_filename == f"<{check_id}>"


def _sign(error: BaseException) -> tuple[str, str] | None:
    if not hasattr(error, "outline"):
        return _of_exception(str(error))
    actual, expected = getattr(error, "actual", None), getattr(error, "expected", None)
    text = str(error).split("\n")[0]
    if is_refusal(error) and actual is not None:
        return _told(ACCEPTED)
    if is_refusal(error) and " raised " in text:
        return _of_exception(str(error)) or _told(OTHER_ERROR)
    if re.search(r" changes its argument \w+\.$", text):
        return _told(CHANGES)
    if actual is None and " None" in text:
        return NOT_FINISHED, "It returns None: what is still to be written?"
    if is_number(actual) and is_number(wanted := _as_array(expected)):
        return _of_arrays(np.asarray(actual), wanted)
    return None


def _as_array(expected: Any) -> Any:
    """Return numbers in lists as an array: that is how a check writes what it expects."""
    try:
        return np.asarray(expected)
    except ValueError:  # of different lengths
        return None


def _of_exception(text: str) -> tuple[str, str] | None:
    found = (sign for words, sign in _WORDS.items() if re.search(words, text))
    return next((_told(sign) for sign in found), None)


def _told(sign: str) -> tuple[str, str]:
    return sign, _SAID[sign]


def _of_arrays(got: Any, wanted: Any) -> tuple[str, str] | None:
    if got.shape != wanted.shape:
        got, wanted = np.squeeze(got), np.squeeze(wanted)
        same = got.shape == wanted.shape and np.allclose(got, wanted, rtol=1e-5, atol=1e-5)
        return _told(AN_AXIS) if same else None
    if (np.isfinite(wanted) & ~np.isfinite(got)).any():
        return _told(NOT_FINITE)
    filled = got != 0
    if got.size < 2:
        return None
    if not filled.any():
        return NOT_FINISHED, "Every answer is zeros: which line fills the array?"
    if filled.sum() == 1 and filled.flat[0] and np.isclose(got, wanted).flat[0]:
        return NOT_FINISHED, "Only the first place is filled in: what about the others?"
    return None
