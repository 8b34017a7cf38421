"""Compare a class's record with its gradebook and files, and say what does not fit.

Compared is all that an export depends on: points by checks and by hand, extra credit, when work
came in, what lateness costs, who is who.
"""

from collections.abc import Iterator

from nbgrader.api import Student

from autograder.classroom import gradebook, late, policy, record, taken_down
from autograder.classroom.gradebook import Book, Entry
from autograder.classroom.late import Key
from autograder.classroom.policy import Policy
from autograder.classroom.record import LINES, Record, State
from autograder.classroom.room import Classroom
from autograder.classroom.taken_down import NOTHING, shown
from autograder.course import CourseError, Lesson, lessons
from autograder.grading import fingerprint
from autograder.handin import roster, timestamp
from autograder.handin.roster import Roster
from autograder.shown import one_line

NO_ENTRY = Entry(None, 0.0, {})


def verify(room: Classroom, last: str = "") -> Iterator[str]:
    """Find what was changed behind the grader's back.

    Args:
        room: a graded class.
        last: a seal that was kept elsewhere, which must be that of a line.

    Yields:
        One line a finding.

    Raises:
        CourseError: the class has no records.
    """
    if not (room.results / LINES).exists():
        raise CourseError(f"{room.results}: holds no {LINES}; was it graded?")
    known = record.state(room.results)
    for number, problem in known.problems.items():
        yield f"{LINES}, line {number}: {problem}"
    if last and last.strip() not in known.seals:
        yield f"{LINES}: lines are missing at its end: no line has the seal that was kept"
    yield from taken_down.changes(room, known).values()
    rules = policy.read(room.results, lessons()) or Policy({}, {})
    with gradebook.opened(room.db_url) as book:
        yield from _of_class(book, rules, known, roster.read(room.results))
        costs = _costs(room, rules, known)
        for lesson in {name: None for _, name in sorted(known.grades)} | dict.fromkeys(lessons()):
            for who, problem in _of_lesson(room, book, lesson, known, costs):
                yield f"{one_line(who)}, {lesson}: {problem}"


def _of_class(book: Book, rules: Policy, known: State, listed: Roster) -> Iterator[str]:
    """Compare what the gradebook says of the course: lessons, points, deadlines, people."""
    for assignment in book.api.assignments:
        lesson = lessons().get(assignment.name)
        if lesson is None:
            yield f"{one_line(assignment.name)}: is in the gradebook, and no lesson of the course"
            continue
        yield from _of_cells(book, lesson)
        due = rules.deadlines.get(lesson.name)
        wanted = timestamp.naive(due) if due else None
        if rules.deadlines and assignment.duedate != wanted:
            yield f"{lesson.name}: its deadline in the gradebook is not that of {policy.FILE}"
    people = known.students.keys() | {student for student, _ in known.grades}
    people |= {student.student for student in listed.all()}
    for (student,) in book.api.db.query(Student.id).order_by(Student.id):
        if student not in people:
            yield f"{one_line(student)}: is in the gradebook and in no record"


def _of_cells(book: Book, lesson: Lesson) -> Iterator[str]:
    points = {check.id: check.points for check in lesson.checks}
    for notebook in book.api.find_assignment(lesson.name).notebooks:
        own = points if notebook.name == lesson.name else {}
        for cell in notebook.grade_cells:
            if cell.max_score != own.get(cell.name):
                said = f"gives {cell.max_score:g} points in the gradebook, and not in the lesson"
                yield f"{lesson.name}: {one_line(cell.name)} {said}"


def _costs(room: Classroom, rules: Policy, known: State) -> dict[Key, float]:
    """Return what lateness costs: by the times in the record, and of what waits to be graded."""
    times = late.came_of(room)[0]
    times |= {key: record.time(one.handed_in or "") for key, one in known.grades.items()}
    found = late.lates(rules, {key: when for key, when in times.items() if when})
    return {key: one.points for key, one in found.items()}


def _of_lesson(
    room: Classroom,
    book: Book,
    lesson: str,
    known: State,
    costs: dict[Key, float],
) -> Iterator[tuple[str, str]]:
    """Yield students, and what does not fit of theirs."""
    entries = book.entries(lesson)
    ours = {student for student, name in known.grades if name == lesson}
    for student in sorted(ours | entries.keys()):
        entry = known.grades.get((student, lesson))
        if entry is None:
            yield student, "is in the gradebook and has no record"
            continue
        held = entries.get(student, NO_ENTRY)
        if held is NO_ENTRY:
            yield student, "has a record and is not in the gradebook"
        for problem in (*_points(entry, held, known), *_lateness(entry, held, costs)):
            yield student, problem
        for problem in _files(room, entry):
            yield student, problem


def _points(entry: Record, held: Entry, known: State) -> Iterator[str]:
    """Compare the points of checks and by hand."""
    for name, (score, status) in entry.checks.items():
        auto, _, _ = held.points.get(name, (None, None, 0.0))
        if auto != score and not (auto is None and status == "manual"):
            yield f"{name} has {auto} points in the gradebook and {score:g} in its record"
    for name, (auto, manual, extra) in held.points.items():
        if name not in entry.checks and auto:
            yield f"{one_line(name)} has {auto:g} points in the gradebook and none in its record"
        recorded = known.entered.get((entry.student, entry.lesson, name), NOTHING)
        if (manual, extra) != recorded:
            yield (
                f"{one_line(name)} has {shown(manual, extra)} in the gradebook and"
                f" {shown(*recorded)} in the record: save it in Formgrader if it is right"
            )


def _lateness(entry: Record, held: Entry, costs: dict[Key, float]) -> Iterator[str]:
    """Compare when it came in, and what that costs."""
    if entry.handed_in is None or held is NO_ENTRY:
        return  # graded before times were recorded
    if record.said(held.handed_in) != entry.handed_in:
        yield (
            f"came in at {held.handed_in or 'no time'} by the gradebook and at"
            f" {entry.handed_in or 'no time'} by its record"
        )
    cost = costs.get((entry.student, entry.lesson), 0.0)
    if abs(held.penalty - cost) > 1e-9:
        yield f"lateness costs {held.penalty:g} points in the gradebook and {cost:g} by the rules"


def _files(room: Classroom, entry: Record) -> Iterator[str]:
    """Compare the lesson, what was handed in, when, and the graded notebook."""
    lesson = lessons().get(entry.lesson)
    if lesson is None:
        yield "the course has no such lesson"
        return
    if fingerprint.lesson(lesson) != entry.manifest:
        yield "the lesson was changed since this was graded"
    if entry.submission != room.handed_in(entry.student, lesson):
        yield "what was handed in was changed since this was graded"
    if entry.graded and entry.graded != room.print_of_graded(entry.student, lesson):
        yield "the graded notebook was changed"
    try:
        came = record.said(room.came(entry.student, lesson))
    except CourseError as error:
        yield str(error)
        return
    if entry.handed_in is not None and came != entry.handed_in:
        yield f"{timestamp.FILE} was changed since this was graded"
