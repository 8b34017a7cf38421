"""Progress as Markdown, with what differs: what a platform shows of a push."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from convbook import notebook
from convbook.desk.progress import Lesson
from convbook.points import said
from convbook.running.process import BLANK, RIGHT

SILENT = (RIGHT, BLANK, "")  # outcomes of which the table says enough
# What Markdown would take for more than a text.
MARKUP = re.compile(r"([\\`*_{}\[\]<>()#+!|~&:.-])")


def of(lessons: Sequence[Lesson]) -> str:
    """Return a table of the lessons, and below it what differs in those that were begun.

    Args:
        lessons: how far each is.
    """
    points, most = sum(x.points for x in lessons), sum(x.most for x in lessons)
    lines = [
        f"**{said(points, most, sum(x.answers for x in lessons))}.** Counted are the checks that"
        " you can see; grading has hidden ones.",
        "",
        "| lesson | points | next |",
        "|---|---:|---|",
    ]
    for lesson in lessons:
        title, todo = _text(lesson.title), _text(lesson.todo or "done")
        lines.append(f"| {title} | {lesson.points:g} of {lesson.most:g} | {todo} |")
    for lesson in lessons:
        lines += _what_differs(lesson)
    return "\n".join(lines) + "\n"


def _what_differs(lesson: Lesson) -> Iterator[str]:
    """Yield the lines of one lesson; none where all is right, or nothing written yet."""
    open_ = [check for check in lesson.checks if check.outcome not in SILENT]
    if open_ or lesson.errors:
        yield f"\n### {_text(lesson.title)}"
    for check in open_:
        name = _text(check.name.removeprefix(notebook.CHECK))
        yield f"\n**{name}**: {check.outcome}, 0 of {check.points:g}\n"
        if check.why:
            yield _quoted(check.why)
    if lesson.errors:
        yield "\nCells that ended in an error:\n"
        yield _quoted("\n".join(lesson.errors))


def _text(line: str) -> str:
    return MARKUP.sub(r"\\\1", _shown(line).replace("\n", " "))


def _quoted(text: str) -> str:
    """Return a block of text that nothing in it can end."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{_shown(text)}\n{fence}"


def _shown(text: str) -> str:
    """Put a sign in the place of what cannot be seen, such as what turns text around."""
    return "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text)
