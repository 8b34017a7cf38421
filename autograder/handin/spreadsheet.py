"""Text in a CSV file that a spreadsheet must not take for a formula."""

import re

from autograder.shown import one_line

LONG = 10_000  # characters of a cell
# A spreadsheet calculates what begins so; it drops spaces and control characters before it.
_FORMULA = re.compile(r"\s*[=+\-@]")


def harmless(text: str) -> str:
    """Return a text in one line, with an apostrophe before what would be a formula.

    A lone '-' is left alone: it is how Moodle writes "no grade".
    """
    text = one_line(text, LONG)
    return f"'{text}" if text != "-" and _FORMULA.match(text) else text


def original(text: str) -> str:
    """Return what `harmless` was given, less spaces around it."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text[1:]) else text
