"""Find answers that say the same, so that one decision serves all of them."""

import re
import unicodedata
from dataclasses import dataclass

from rapidfuzz import fuzz

NEAR = 90  # percent of letters that two wordings share
LONGEST = 2000  # characters of a wording that is compared; a longer one is alike only to the same
MOST_WORDINGS = 10  # in a group, as a person reads each of them
# What turns an answer into another, however alike they look: numbers, signs, a no, a comparison.
_TELLING = re.compile(
    r"\d+(?:[.,]\d+)*|[<>=≤≥≠]|n['’]t\b"
    r"|\b(?:no|not|never|none|neither|nor|cannot|without|yes|true|false|same|different|only|all"
    r"|better|worse|more|less|fewer|most|least|larger|smaller|bigger|higher|lower|faster|slower)\b"
)


@dataclass(frozen=True)
class Wording:
    """What some wrote, letter by letter the same.

    Attributes:
        key: its fingerprint.
        text: the Markdown; of a very long one nothing.
        pictures: the fingerprint of the pictures in it, or ''.
        count: of the students who wrote it.
    """

    key: str
    text: str
    pictures: str
    count: int


def groups(wordings: list[Wording]) -> list[list[Wording]]:
    """Put alike wordings together, the commonest first.

    Alike are those that differ in capitals and spaces, and those that are nearly the same and have
    the same numbers, signs and negations. The others are compared with a group's first.
    """
    forms = {wording.key: normal(wording.text) for wording in wordings}
    found: list[list[Wording]] = []
    for wording in sorted(wordings, key=lambda w: (-w.count, w.key)):
        home = next((group for group in found if _belongs(wording, group, forms)), None)
        if home is None:
            found.append([wording])
        else:
            home.append(wording)
    return sorted(found, key=lambda group: -sum(w.count for w in group))


def _belongs(wording: Wording, group: list[Wording], forms: dict[str, str]) -> bool:
    one, other = forms[group[0].key], forms[wording.key]
    if group[0].pictures != wording.pictures or not (one and other):
        return False
    if one == other:
        return True
    return (
        len(group) < MOST_WORDINGS
        and max(len(one), len(other)) <= LONGEST
        and _TELLING.findall(one) == _TELLING.findall(other)
        and fuzz.ratio(one, other, score_cutoff=NEAR) > 0
    )


def normal(text: str) -> str:
    """Return a text without what makes no difference: capitals, spaces, kinds of letters."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
