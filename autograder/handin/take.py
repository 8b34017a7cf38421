"""Put what was found into a class, and say of each file what became of it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from autograder import disk
from autograder.course import CourseError, Lesson
from autograder.handin import find, roster, timestamp
from autograder.handin.archive import ArchiveError
from autograder.handin.download import Ask
from autograder.handin.find import Found, Source
from autograder.handin.same import unclear
from autograder.handin.works import works
from autograder.shown import one_line

TAKEN, SAME, OLDER, SKIPPED = "taken", "unchanged", "older", "skipped"
LOCK = "collect.lock"  # in the class's folder
_LAST = datetime(9999, 1, 1, tzinfo=UTC).timestamp()


@dataclass(frozen=True)
class Outcome:
    """What became of one file.

    Attributes:
        where: its path in the source, fit to be printed.
        status: taken, unchanged, older or skipped.
        student: whose folder it is, or ''.
        lesson: which lesson it is of, or ''.
        why: why it was not taken; of one that was taken, what to look at.
    """

    where: str
    status: str
    student: str = ""
    lesson: str = ""
    why: str = ""

    def __str__(self) -> str:
        who = f" as {self.student}, {self.lesson}" if self.student else ""
        return f"{self.status}: {self.where}{who}{': ' if self.why else ''}{self.why}"


def collect(
    source: Path,
    submitted: Path,
    results: Path,
    ask: Ask | None = None,
    say: Callable[[str], None] = lambda line: None,
) -> Iterator[Outcome]:
    """Take what lies in a source into a class; the newest of several tries wins.

    Another run waits until this one is done.

    Args:
        source: as for `Source`.
        submitted: the class's STUDENT/LESSON/LESSON.ipynb. Nothing newer there is overwritten.
        results: where its students.csv is.
        ask: as for `download.Ask`.
        say: is told what the source was taken for.

    Yields:
        What became of each file, in the source's order.

    Raises:
        CourseError: the source or students.csv cannot be read, or which student is meant is open.
    """
    find.root(source)  # a source that is none leaves no trace of a class
    with _alone(results):
        students = roster.read(results)
        taken: dict[tuple[str, str], tuple[datetime, int]] = {}
        files = Source(source, students.knows, ask)
        say(f"{source} is {files.layout}")
        names = unclear(files.labels(), students)
        for found in files.found():
            where = one_line(found.member.name)
            try:
                if why := found.label.problem or names.get(found.label.name):
                    raise CourseError(why)
                work = works(found.member)
            except (CourseError, ArchiveError) as error:
                yield Outcome(where, SKIPPED, why=str(error))
                continue
            for lesson, content in work.items():
                try:
                    yield _place(found, lesson, content, submitted, students, taken, where)
                except CourseError as error:
                    yield Outcome(where, SKIPPED, why=str(error))


@contextmanager
def _alone(results: Path) -> Iterator[None]:
    """Keep other runs from the class's students and hand-ins."""
    said = "another collect is not done: wait for it, and run this once more"
    with ExitStack() as stack:
        try:
            stack.enter_context(disk.locked(results / LOCK, said))
        except OSError as error:
            raise CourseError(f"{results / LOCK}: {disk.why(error)}") from None
        yield


def _place(
    found: Found,
    lesson: Lesson,
    content: bytes,
    submitted: Path,
    students: roster.Roster,
    taken: dict[tuple[str, str], tuple[datetime, int]],
    where: str,
) -> Outcome:
    if not found.label.name:
        raise CourseError("whose is it? Put it into a folder that is named after the student")
    student = students.named(found.label).student
    folder = submitted / student / lesson.name
    target = folder / lesson.path.name
    outcome = Outcome(where, TAKEN, student, lesson.name, _to_look_at(found))
    before = _there(target, submitted)
    if before == content:
        if found.handed_in and timestamp.read(folder, submitted) is None:
            timestamp.write(folder, found.handed_in, submitted)
        taken.setdefault((student, lesson.name), found.age)
        return replace(outcome, status=SAME)
    age = None if before is None else _age(folder, target, submitted)
    there = taken.get((student, lesson.name)) or age
    if there and found.age <= there:
        return replace(outcome, status=OLDER, why="a newer one is there")
    _write(folder, target, content, found, submitted)
    taken[student, lesson.name] = found.age
    return outcome


def _there(target: Path, submitted: Path) -> bytes | None:
    """Return what was handed in before; None for nothing."""
    try:
        return disk.read(target, below=submitted)
    except FileNotFoundError:
        return None
    except OSError as error:
        why = f"{target}: {disk.why(error)}: look at it, and take it away"
        raise CourseError(why) from None


def _to_look_at(found: Found) -> str:
    if found.label.late and found.handed_in is None:
        return "late, and Canvas does not say by how much: write timestamp.txt if it counts"
    return ""


def _age(folder: Path, target: Path, submitted: Path) -> tuple[datetime, int]:
    """Return the age of what is there already; among equals, it is the newest."""
    seen = datetime.fromtimestamp(min(target.lstat().st_mtime, _LAST), UTC)
    return max(timestamp.read(folder, submitted) or seen, seen), 1 << 62


def _write(folder: Path, target: Path, content: bytes, found: Found, submitted: Path) -> None:
    """Write notebook and time; stopped between, the next run sees the old time and goes on."""
    seen = found.seen.timestamp()
    with disk.written(target, content, below=submitted, when=seen):
        timestamp.write(folder, None, submitted)
    timestamp.write(folder, found.handed_in, submitted)
