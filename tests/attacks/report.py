"""The tables: what each grader made of each case, and how many it got right."""

from collections.abc import Iterator
from dataclasses import dataclass

from attacks.case import KINDS, Case
from attacks.facts import Facts
from attacks.suite import problems

RIGHT, NOT_RUN = "right", "-"


@dataclass(frozen=True)
class Row:
    """One case, and what is wrong with how each grader took it; None where it did not run."""

    case: Case
    ours: list[str] | None
    plain: list[str] | None


def rows(
    cases: list[Case], ours: dict[str, Facts] | None, plain: dict[str, Facts] | None
) -> list[Row]:
    """Judge what was found."""

    def judged(case: Case, found: dict[str, Facts] | None, strict: bool) -> list[str] | None:
        return None if found is None else problems(case, found[case.name], strict)

    return [Row(case, judged(case, ours, True), judged(case, plain, False)) for case in cases]


def table(found: list[Row]) -> Iterator[str]:
    """Lay the rows out for a terminal: a line for each case, then the totals."""
    width = max(len(row.case.name) for row in found)
    for row in found:
        shown = f"{row.case.kind:9}  {row.case.name:{width}}  {_short(row.ours):28}"
        yield f"{shown}  {_short(row.plain)}".rstrip()
    yield ""
    yield f"{'':9}  {'cases':>5}  {'ours right':>10}  {'nbgrader right':>14}"
    for kind, cases, ours, plain in totals(found):
        yield f"{kind:9}  {cases:5}  {ours:>10}  {plain:>14}"


def markdown(found: list[Row]) -> Iterator[str]:
    """Lay the totals and the rows out as two tables of a page."""
    yield "| class | cases | autograder right | plain nbgrader right |"
    yield "|---|---:|---:|---:|"
    for kind, cases, ours, plain in totals(found):
        yield f"| {kind} | {cases} | {ours} | {plain} |"
    yield ""
    yield "| class | case | what it tries | points due | autograder | plain nbgrader |"
    yield "|---|---|---|---:|---|---|"
    for row in found:
        case = row.case
        cells = [case.kind, case.name, case.tries, f"{case.honest:g}"]
        cells += [_long(row.ours), _long(row.plain)]
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def totals(found: list[Row]) -> Iterator[tuple[str, int, str, str]]:
    """Count the right ones by class, and all together in the last line."""
    for kind in (*KINDS, "total"):
        part = [row for row in found if kind in (row.case.kind, "total")]
        if part:
            yield kind, len(part), _count([r.ours for r in part]), _count([r.plain for r in part])


def _count(results: list[list[str] | None]) -> str:
    return NOT_RUN if None in results else str(sum(result == [] for result in results))


def _short(result: list[str] | None) -> str:
    return NOT_RUN if result is None else "; ".join(result)[:60] or RIGHT


def _long(result: list[str] | None) -> str:
    """Return what is wrong, for a page: the first two things, without angle brackets."""
    if result is None:
        return NOT_RUN
    shown = "; ".join(result[:2]).replace("<", "`<").replace(">", ">`")
    return shown or RIGHT
