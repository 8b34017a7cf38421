"""Mutants that are the same function as the solution, each with the reason.

(lesson, exercise) to what the mutant made of a line, and why no check can tell.
"""

EQUIVALENT: dict[tuple[str, str], dict[str, str]] = {}
