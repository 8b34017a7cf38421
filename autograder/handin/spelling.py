"""How a student's name is written: as one text, for comparison, as a folder."""

import re
import unicodedata
from functools import cache

from autograder.shown import ALL_UNSEEN

LONGEST = 64  # letters of a folder's name; nbgrader takes 128
_PLAIN = {"ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L"}  # what no decomposition takes apart
_FILED = re.compile(r"[\x00-\x1f\x7f&<>\"`|':\\/]")
_SHOWN = re.compile("<U\\+[0-9A-F]{4,6}>")
# What Windows keeps for itself.
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def written(name: str) -> str:
    """Return a name in one way of writing it: letters composed, single spaces, in one line.

    What cannot be seen is shown, so that two names that look alike stay two.
    """
    text = " ".join(unicodedata.normalize("NFC", name).split())
    return "".join(f"<U+{ord(c):04X}>" if _is_invisible(c) else c for c in text)


def parts(name: str) -> tuple[str, str]:
    """Return the first names and the last name in a name, as far as it can be told."""
    last, comma, first = name.partition(",")
    if not comma:
        first, _, last = name.rpartition(" ")
    return first.strip(), last.strip()


def filed(name: str) -> str:
    """Return a name as Moodle writes it into a file's: some signs are lost."""
    return written(_FILED.sub("", name.replace("_", " ")))


@cache
def key(name: str) -> str:
    """Return what a name has in common with those that look like it."""
    seen = _SHOWN.sub("", written(name))
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", seen).casefold())
    return " ".join(folded.split())


def _is_invisible(character: str) -> bool:
    return not character.isprintable() or bool(ALL_UNSEEN.match(character))


def safe(name: str) -> str:
    """Return a folder name for a student: ASCII, short, no path; '' where no letter is left."""
    for letter, plain in _PLAIN.items():
        name = name.replace(letter, plain)
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^A-Za-z0-9.@_-]+", "_", plain)
    plain = plain.lstrip("@._-")[:LONGEST].rstrip("._-")
    return f"{plain}_" if _RESERVED.fullmatch(plain) else plain
