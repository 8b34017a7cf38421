"""Find answers that say nearly the same, so that one decision serves all of them."""

import re
from dataclasses import dataclass

from rapidfuzz import fuzz

NEAR = 90  # percent of letters that two wordings share
LONGEST = 2000  # characters of a wording that is compared; a longer one stands by itself
MOST = 10  # wordings in a group, as a person reads each of them
# What turns an answer into another, however alike they look: numbers, signs, a no, a comparison.
_TELLING = re.compile(
    r"\d+(?:[.,]\d+)*|[<>=≤≥≠]|n['’]t\b"
    r"|\b(?:no|not|never|none|neither|nor|cannot|without|yes|true|false|same|different|only|all"
    r"|better|worse|more|less|fewer|most|least|larger|smaller|bigger|higher|lower|faster|slower)\b"
)


@dataclass(frozen=True)
class Wording:
    """What some wrote, the same but for capitals and spaces.

    Attributes:
        key: its fingerprint.
        text: in the normal form of `classroom.written`.
        pictures: the fingerprint of the pictures in it, or ''.
        count: of the students who wrote it.
    """

    key: str
    text: str
    pictures: str
    count: int


def groups(wordings: list[Wording]) -> list[list[Wording]]:
    """Put wordings together that are nearly the same, the commonest first.

    They have the same pictures, numbers, signs and negations. Each is compared with the first of a
    group.
    """
    found: list[list[Wording]] = []
    for wording in sorted(wordings, key=lambda w: (-w.count, w.key)):
        home = next((group for group in found if _belongs(wording, group)), None)
        if home is None:
            found.append([wording])
        else:
            home.append(wording)
    return sorted(found, key=lambda group: -sum(w.count for w in group))


def _belongs(wording: Wording, group: list[Wording]) -> bool:
    one, other = group[0].text, wording.text
    return (
        len(group) < MOST
        and group[0].pictures == wording.pictures
        and max(len(one), len(other)) <= LONGEST
        and fuzz.ratio(one, other, score_cutoff=NEAR) > 0
        and _TELLING.findall(one) == _TELLING.findall(other)
    )
