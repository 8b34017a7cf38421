"""Whom Moodle means in a whole download: a group may stand before each name, or nobody is named.

Where marking is blind, `Participant_811_assignsubmission_file` is how each is called, in the
teacher's language. Where an assignment has groups, it is `Lab A-Ada Lovelace_811_...`.
"""

from collections.abc import Callable
from dataclasses import replace

from autograder.handin.names import Label

Known = Callable[[str], bool]


def people(labels: dict[str, Label], known: Known) -> dict[str, Label]:
    """Read the names of one download, each in the light of all others.

    Args:
        labels: what Moodle called a file or folder, to what that says by itself.
        known: tells whether somebody of this name is in the class.

    Returns:
        The same, with names that are the students' own; blind, each is called by the number.
    """
    names = {label.name for label in labels.values()}
    if _is_blind(labels, names, known):
        return {top: replace(x, name=f"{x.name} {x.number}") for top, x in labels.items()}
    own = {name: _own(name, known) for name in names} if len(names) > 1 else {}
    if 2 * sum(map(bool, own.values())) <= len(names) or any(map(known, names)):
        return labels
    groups = {name.removesuffix(found) for name, found in own.items() if found}
    for name, found in own.items():
        if not found:
            group = max((g for g in groups if name.startswith(g)), key=len, default="")
            own[name] = name.removeprefix(group)
    return {top: replace(x, name=own[x.name]) for top, x in labels.items()}


def _is_blind(labels: dict[str, Label], names: set[str], known: Known) -> bool:
    """Tell whether all have one name, which is nobody's."""
    numbers = {label.number for label in labels.values()}
    return len(names) == 1 and len(numbers) > 1 and not any(map(known, names))


def _own(name: str, known: Known) -> str:
    """Return what stands behind a group, where that is somebody of the class; '' where not."""
    behind = (name[n + 1 :] for n, letter in enumerate(name) if letter == "-")
    return next(filter(known, behind), "")
