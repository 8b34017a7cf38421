"""What it is to name a mistake: alone, or with one other."""

from autograder.mistakes import Mistake


def is_named(told: str | None, mistake: Mistake) -> bool:
    """Tell whether what the grader said of a failure names a mistake."""
    name, told = mistake.name, told or ""
    return told == name or told.startswith(f"{name} or ") or told.endswith(f" or {name}")
