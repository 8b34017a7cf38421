"""What it is to name a mistake: alone, or with one other."""

import re
from typing import Any

from autograder.course import Check
from autograder.judging import judge, rehearse
from autograder.judging.outcomes import Watch
from autograder.mistakes import Mistake


def told(check: Check, names: dict[str, Any], error: BaseException) -> str | None:
    """Return the name that the judge gives to a failure of trusted functions, if it has one."""
    said = judge.explain(check.id, error, lambda: rehearse.to_the_end(check, names, Watch()))
    return said[0] if said else None


def is_named(told: str | None, mistake: Mistake) -> bool:
    """Tell whether what the grader said of a failure names a mistake, alone or with one other."""
    name = re.escape(mistake.name)  # which may itself be "yes or no"
    return bool(re.fullmatch(f"(.+ (or|and) )?{name}( (or|and) .+)?", told or ""))
