"""Who cannot be told apart in a download: two of one name, or one name written in two ways.

Nothing of theirs is taken: two students would become one, or one two.
"""

from collections import defaultdict
from collections.abc import Iterable

from autograder.handin import spelling
from autograder.handin.names import Label
from autograder.handin.roster import FILE, Roster
from autograder.handin.spelling import written
from autograder.shown import one_line


def unclear(labels: Iterable[Label], students: Roster) -> dict[str, str]:
    """Return the names that say too little, each with the reason and what to do.

    Args:
        labels: who handed in each file of a download.
        students: who is in the class.
    """
    alike: dict[str, set[Label]] = defaultdict(set)
    for label in labels:
        alike[spelling.key(label.name)].add(label)
    found: dict[str, str] = {}
    for group in alike.values():
        why = _several(group, students) or _spelt(group, students)
        found |= {label.name: why for label in group if why and label.name}
    return found


def _several(group: set[Label], students: Roster) -> str:
    """Say that several students have one name, where nothing else tells who is who."""
    numbers: dict[tuple[str, str], set[str]] = defaultdict(set)
    for label in group:
        kind = "Moodle's numbers" if label.number else "numbers"
        numbers[f"{label.download} {kind}", written(label.name)].add(label.number or label.id)
    for (kind, name), theirs in numbers.items():
        if len(theirs) > 1 and (kind.endswith("Moodle's numbers") or students.without_id(name)):
            them = " and ".join(sorted(theirs))
            return (
                f"several students are called {one_line(name)} ({one_line(kind)} {them}):"
                f" write the id of each into {FILE}, or put their files into"
                " CLASS/submitted/STUDENT/LESSON/"
            )
    return ""


def _spelt(group: set[Label], students: Roster) -> str:
    """Say that one name is written in several ways, and may be of one student or of several."""
    ways = {label.name for label in group if not (label.id or label.email)}
    forms = {written(way) for way in ways}
    if len(ways) < 2 or (len(forms) == len(ways) and all(map(students.has, forms))):
        return ""
    shown = sorted(forms) if len(forms) == len(ways) else map(ascii, sorted(ways))
    return (
        f"is {' or '.join(one_line(way, 80) for way in list(shown)[:3])} one student or several?"
        f" Give one the same name everywhere; for several, add a row for each to {FILE}, or put"
        " their files into CLASS/submitted/STUDENT/LESSON/"
    )
