"""Grade one notebook: run the student's cells, then the lesson's checks, in the airlock."""

import json
import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from autograder.airlock import Airlock, Session, Verdict
from autograder.course import Check, CourseError, Lesson
from autograder.handin import reader, submission
from autograder.handin.submission import Submission
from autograder.shown import one_line, plain
from convbook import notebook
from convbook.notebook import Cells, Node
from convbook.points import said

LONGEST_CELL = 1 << 20  # characters of a cell that is run
MOST_OUTPUT = 8 << 20  # characters that all cells put out; an ordinary notebook has some 500 kB
NOT_RUN = f"not run: the cell has more than {LONGEST_CELL:,} characters"
NO_OUTPUT = f"[left out: a notebook keeps {MOST_OUTPUT >> 20} MiB of outputs]"
# How the notebook of a submission begins that could not be graded.
UNGRADED = "**What was handed in could not be graded.**"


@dataclass(frozen=True)
class CheckResult:
    """What one graded cell came to.

    Attributes:
        id: the cell's name.
        exercise: the function or question it is about.
        points: the most it can give.
        score: what it gave.
        status: pass, partial, fail, error, timeout, missing, not-run or manual.
        message: what was wrong, as a student may know it, '' where nothing was. The cell's outputs
            tell the instructor all.
        mistake: the name of the known mistake that explains it, or None.
    """

    id: str
    exercise: str
    points: float
    score: float
    status: str
    message: str
    mistake: str | None = None


@dataclass(frozen=True)
class Grade:
    """What a submission came to: the results of its checks and the notebook as it ran.

    The sandbox is 'bwrap', 'user', 'none', or '' where nothing could be run.
    """

    assignment: str
    sandbox: str
    seed: int
    checks: tuple[CheckResult, ...]
    notes: tuple[str, ...]
    cells: Cells = field(repr=False, compare=False)

    @property
    def score(self) -> float:
        return sum(c.score for c in self.checks if c.status != "manual")

    @property
    def max_score(self) -> float:
        return sum(c.points for c in self.checks if c.status != "manual")

    @property
    def answers(self) -> float:
        """The points of the written answers, which a person grades."""
        return sum(c.points for c in self.checks if c.status == "manual")

    def to_dict(self) -> dict[str, Any]:
        """Return the grade as plain data, the shape of `autograder check --json`."""
        head = {"assignment": self.assignment, "score": self.score, "max_score": self.max_score}
        head["written_max_score"] = self.answers
        run = {"sandbox": self.sandbox, "seed": self.seed, "notes": list(self.notes)}
        return head | run | {"checks": [asdict(check) for check in self.checks]}

    def to_json(self) -> str:
        return json.dumps(self.to_dict(), indent=2)

    def to_text(self) -> str:
        """Return the grade as a table for a terminal, with what was wrong below."""
        width = max(len(check.id) for check in self.checks)
        lines = [f"{self.assignment}: {said(self.score, self.max_score, self.answers)}"]
        for check in self.checks:
            points = f"{check.score:g} / {check.points:g}"
            lines.append(f"  {check.id.ljust(width)}  {points:>7}  {check.status}")
            lines += [
                f"      {line}" for line in plain(check.message, LONGEST_CELL).split("\n") if line
            ]
        lines += [f"note: {one_line(note, 500)}" for note in self.notes]
        return "\n".join([*lines, f"sandbox: {self.sandbox}; seed: {self.seed}"])


def grade(
    handed_in: Submission, airlock: Airlock, seed: int | None = None, all_cells: bool = False
) -> Grade:
    """Grade a submission: its cells and the lesson's checks in the order a reader meets them.

    Of each check the shown part runs where it stands; all hidden parts run after everything else,
    each with the names that stood there. So whatever a cell prints, or a shown part quotes, was
    said before the student's process had met a hidden call.

    Args:
        handed_in: the notebook to run. Its cells get their outputs.
        airlock: where to run it.
        seed: of the hidden input, to repeat a grading; drawn afresh where None.
        all_cells: run cells that only show something, too: where they cost no points.
    """
    lesson = handed_in.lesson
    verdicts: dict[str, Verdict] = {}
    cells = handed_in.cells.cells
    with airlock.session(**_checker(lesson, seed)) as session:
        _run_shown(handed_in, session, all_cells)
        for cell in filter(notebook.is_check, notebook.run_by_grading(cells)):
            name = notebook.grade_id(cell)
            points = float(cell.metadata["nbgrader"]["points"])
            verdicts[name] = session.run_check(name, cell.source, points)
            cell.outputs = [notebook.nodes(output) for output in verdicts[name].outputs]
    results = tuple(_result(check, verdicts, handed_in) for check in lesson.checks)
    _number(handed_in.cells)
    _keep_results(handed_in.cells, results)
    notes = tuple(handed_in.notes)
    return Grade(lesson.name, airlock.sandbox, session.seed or 0, results, notes, handed_in.cells)


def _run_shown(handed_in: Submission, session: Session, all_cells: bool) -> None:
    """Run the cells, and of the checks what everybody sees."""
    left, cells = MOST_OUTPUT, handed_in.cells.cells
    for cell in notebook.run_by_grading(cells):
        if notebook.is_check(cell):
            session.show_check(notebook.grade_id(cell), cell.source)
        elif len(cell.source) > LONGEST_CELL:
            handed_in.notes.append(f"{notebook.grade_id(cell) or 'a cell'} was {NOT_RUN}")
            left = _keep(cell, [_said(NOT_RUN)], left)
        else:
            left = _keep(cell, session.run_student(cell.source), left)
    if all_cells:
        for cell in filter(notebook.is_shown_only, notebook.of_code(cells)):
            left = _keep(cell, session.run_student(cell.source, again=False), left)
        session.close()  # the checks get a process in which these have not run


def _keep(cell: Cells, outputs: list[dict[str, Any]], left: int) -> int:
    """Put outputs into their cell while there is room; return how much is left."""
    left -= sum(map(_size, outputs))
    kept = outputs if left >= 0 else [_said(NO_OUTPUT)]
    cell.outputs = [notebook.nodes(output) for output in kept]
    return left


def kept(cells: Cells, lesson: Lesson, sandbox: str, seed: int, notes: tuple[str, ...]) -> Grade:
    """Return the grade that is written in a graded notebook.

    Args:
        cells: the graded notebook.
        lesson: whose it is.
        sandbox, seed, notes: of its record.
    """
    marks = {
        notebook.grade_id(c): c.metadata["convbook"]
        for c in cells.cells
        if "convbook" in c.metadata
    }
    results = tuple(CheckResult(**marks[check.id]) for check in lesson.checks)
    return Grade(lesson.name, sandbox, seed, results, notes, cells)


def canary(lesson: Lesson, airlock: Airlock) -> None:
    """Grade the lesson's own solution, which must get every point, before anybody is graded.

    Raises:
        CourseError: it does not. Then the course or the machine is at fault, and nobody gets a 0.
    """
    result = grade(submission.read(lesson.path, lesson), airlock)
    failed = [c for c in result.checks if c.status not in ("pass", "manual")]
    if failed:
        first = failed[0]
        raise CourseError(
            f"{lesson.name}: its own solution does not get every point, so nobody is graded"
            f" ({first.id}: {first.status}, {first.message.splitlines()[0]})"
        )


def blank(lesson: Lesson, reason: str) -> Grade:
    """Grade what could not be read: no points, every check missing, for one stated reason."""
    empty = submission.reconcile(reader.parse('{"cells": []}'), lesson)
    said = f"{UNGRADED} {reason}"
    cell = Node(cell_type="markdown", id="ungraded", metadata=Node(), source=said)
    empty.cells.cells.insert(0, cell)
    results = tuple(
        CheckResult(c.id, c.exercise, c.points, 0.0, "manual" if c.manual else "missing", reason)
        for c in lesson.checks
    )
    _keep_results(empty.cells, results)
    return Grade(lesson.name, "", 0, results, (reason,), empty.cells)


def _said(text: str) -> dict[str, Any]:
    """Return an output that is a line of ours."""
    return {"output_type": "stream", "name": "stdout", "text": f"{text}\n"}


def _size(output: dict[str, Any]) -> int:
    """Return how many characters an output has, pictures included."""
    texts = [output.get("text", ""), *output.get("traceback", []), *output.get("data", {}).values()]
    return sum(len(text) for text in texts if isinstance(text, str))


def _checker(lesson: Lesson, seed: int | None) -> dict[str, Any]:
    """Say what the checker needs: the judge's start, the given cells, whose names are whose.

    A fresh seed is drawn when the first check begins, and never enters the student's process.
    """

    def setup(drawn: int) -> str:
        begin = f"judge.begin({lesson.name!r}, {drawn})"
        return f"from autograder.judging import judge\n{begin}\ndel judge"

    return {
        "seed": (lambda: secrets.randbits(32)) if seed is None else seed,
        "setup": setup,
        "prelude": lesson.given,
        "student_names": lesson.student_names,
    }


def _result(check: Check, verdicts: dict[str, Verdict], handed_in: Submission) -> CheckResult:
    head = (check.id, check.exercise, check.points)
    if check.manual:
        answered = _is_answered(check, handed_in)
        return CheckResult(*head, 0.0, "manual", "" if answered else "no answer")
    verdict = verdicts[check.id]
    message = verdict.told
    if verdict.status != "pass" and (broken := _cannot_run(check.exercise, handed_in)):
        message = f"{check.exercise}: {broken}\n{message}"
    return CheckResult(*head, verdict.score, verdict.status, message, verdict.mistake)


def _cannot_run(exercise: str, handed_in: Submission) -> str:
    """Say why an exercise's cell cannot run, or return ''."""
    lesson = handed_in.lesson
    own = {n for n in lesson.exercises if exercise in lesson.functions[n]}
    cells = (c for c in handed_in.cells.cells if notebook.grade_id(c) in own)
    return next(filter(None, (_problem(cell.source) for cell in cells)), "")


def _problem(source: str) -> str:
    return NOT_RUN if len(source) > LONGEST_CELL else notebook.syntax_error(source)


def _is_answered(check: Check, handed_in: Submission) -> bool:
    def text(cells: Cells) -> str:
        return next(c.source for c in cells.cells if notebook.grade_id(c) == check.id)

    return text(handed_in.cells).strip() != text(handed_in.lesson.released).strip()


def _keep_results(cells: Cells, results: tuple[CheckResult, ...]) -> None:
    """Write each result into its cell, where the feedback page reads it."""
    by_id = {result.id: result for result in results}
    for cell in cells.cells:
        if notebook.grade_id(cell) in by_id:
            cell.metadata["convbook"] = asdict(by_id[notebook.grade_id(cell)])


def _number(cells: Cells) -> None:
    """Number the cells that ran, as a notebook does."""
    ran: Iterator[Cells] = (c for c in cells.cells if c.cell_type == "code")
    for number, cell in enumerate(ran, start=1):
        cell.execution_count = number
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = number
