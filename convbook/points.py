"""Points are said in the same words everywhere: those of checks, of written answers, of both."""

from __future__ import annotations


def said(checks: float, most: float, answers: float = 0.0, written: float | None = None) -> str:
    """Say how many points there are.

    Args:
        checks, most: what checks gave, and the most they can give.
        answers: the most that written answers can give.
        written: what they gave, None until a person has graded all of them.

    Returns:
        The words, without a full stop.
    """
    if not answers:
        return f"{checks:g} of {most:g} points by checks"
    if written is None:
        more = f"written answers, graded by hand, can add {answers:g}"
        return f"{checks:g} of {most:g} points by checks; {more}"
    parts = f"{checks:g} of {most:g} by checks, {written:g} of {answers:g} for written answers"
    return f"{checks + written:g} of {most + answers:g} points: {parts}"
