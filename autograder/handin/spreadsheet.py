"""Text in a CSV file that a spreadsheet must not take for a formula."""

import re

from autograder.shown import one_line

LONG = 10_000  # characters of a cell
# What a spreadsheet calculates begins so, at the start or, in countries that write 1,5 for a half,
# after a separator of theirs. It drops spaces, and quotes, before it.
_START = r"(?:^|(?<=[;,|]))"
_FORMULA = r"(?=[\s\"'`´‘’“”„]*[=+\-@＝＋－＠﹦﹢﹣﹫−⁺⁻⁼₊₋₌])"
_DANGER = re.compile(_START + _FORMULA)
_MADE_HARMLESS = re.compile(f"{_START}'{_FORMULA}")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")


def harmless(text: str) -> str:
    """Return a text in one line, with an apostrophe before what would be a formula.

    A number stays one, and a lone '-' is left alone: it is how Moodle writes "no grade".
    """
    text = one_line(text, LONG)
    return text if text == "-" or _NUMBER.fullmatch(text) else _DANGER.sub("'", text)


def original(text: str) -> str:
    """Return what `harmless` was given, less spaces around it."""
    return _MADE_HARMLESS.sub("", text)
