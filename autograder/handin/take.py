"""Put what was found into a class, and say of each file what became of it."""

import hashlib
import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from autograder import disk
from autograder.course import CourseError, Lesson
from autograder.handin import archive, find, given, left, roster, secret, timestamp
from autograder.handin.archive import ArchiveError
from autograder.handin.download import Ask
from autograder.handin.find import Found, Source
from autograder.handin.left import Left
from autograder.handin.same import unclear
from autograder.handin.works import is_blank, is_named, is_same, is_work, works
from autograder.shown import one_line
from convbook import notebook

TAKEN, SAME, OLDER, SKIPPED = "taken", "unchanged", "older", "skipped"
LOCK = "collect.lock"  # in the class's folder
LONG = 500  # characters of a reason
Age = tuple[datetime, bool, int]
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
    rule: str = "",
) -> Iterator[Outcome]:
    """Take what lies in a source into a class; the newest of several tries wins.

    Another run waits until this one is done. What could not be used is kept in a list, see `left`.

    Args:
        source: as for `Source`.
        submitted: the class's STUDENT/LESSON/LESSON.ipynb. Nothing newer there is overwritten.
        results: where its students.csv is.
        ask: as for `download.Ask`.
        say: is told what the source was taken for.
        rule: as for `Source`.

    Yields:
        What became of each file, in the source's order; last what is not a student's in each clone.

    Raises:
        CourseError: the source or students.csv cannot be read, or which student is meant is open.
    """
    find.root(source)  # a source that is none leaves no trace of a class
    with alone(results):
        students = roster.read(results)
        files = Source(source, students.knows, ask, rule)
        say(f"{source} is {files.layout}")
        taking = _Taking(submitted, students, unclear(files.labels(), students), files.secret)
        try:
            for found in files.found():
                yield from taking.take(found)
        finally:  # stopped between, what was taken has its name
            given.keep(results, taking.given)
        yield from taking.of_clones()
        whole = os.path.abspath(source)
        left.keep(results, whole, taking.left(whole), taking.used)


@contextmanager
def alone(results: Path) -> Iterator[None]:
    """Keep other runs from a class's students and hand-ins.

    Args:
        results: the class's folder.

    Raises:
        CourseError: another run does not end.
    """
    said = "another collect is not done: wait for it, and run this once more"
    with ExitStack() as stack:
        try:
            stack.enter_context(disk.locked(results / LOCK, said))
        except OSError as error:
            raise CourseError(f"{results / LOCK}: {disk.why(error)}") from None
        yield


class _Taking:
    """Takes file after file of one source.

    Attributes:
        used: SHA-256 of each file that is in the class now.
        given: platform, lesson and student to what the platform called the file.
    """

    def __init__(
        self,
        submitted: Path,
        students: roster.Roster,
        names: dict[str, str],
        secret_of: Callable[[Found], bytes],
    ) -> None:
        self.used: set[str] = set()
        self.given: dict[tuple[str, str, str], str] = {}
        self._submitted = submitted
        self._students = students
        self._names = names  # that say too little
        self._secret_of = secret_of
        self._taken: dict[tuple[str, str], Age] = {}
        self._new: set[tuple[str, str]] = set()
        self._left: list[tuple[Found, Left]] = []
        self._who: set[str] = set()  # of whom something was used
        self._whose: dict[PurePosixPath, set[str]] = defaultdict(set)  # folder to names in it
        self._clones: dict[PurePosixPath, Counter[str]] = defaultdict(Counter)

    def take(self, found: Found) -> Iterator[Outcome]:
        """Take one file, and say what became of it, or of each lesson in it."""
        where, clone = one_line(found.member.name), found.member.clone
        if clone is not None and not found.member.problem and not is_work(found.member):
            self._clones[clone]["files"] += 1
            return
        if found.label.name:
            for folder in found.member.name.parents:
                self._whose[folder].add(found.label.name)
        content = _print_of(found)
        try:
            if why := found.label.problem or self._names.get(found.label.name):
                raise CourseError(why)
            work = works(found.member)
        except (CourseError, ArchiveError) as error:
            yield self._skipped(found, where, str(error), content)
            return
        for lesson, one in work.items():
            if clone is not None and is_blank(one, lesson):
                self._clones[clone]["lessons"] += 1
                continue
            try:
                yield self._place(found, lesson, one, where)
            except CourseError as error:
                yield self._skipped(found, where, str(error), "")
                continue
            self.used.add(content)
            self._who.add(found.label.name)

    def of_clones(self) -> Iterator[Outcome]:
        """Say what each clone holds besides its student's work."""
        for clone, counts in self._clones.items():
            said = {
                "files": f"{counts['files']} files that are neither notebooks nor archives",
                "lessons": f"{counts['lessons']} lessons as they were given out",
            }
            why = " and ".join(said[kind] for kind in said if counts[kind])
            yield Outcome(f"{one_line(clone)}/", SKIPPED, why=why)

    def left(self, source: str) -> list[Left]:
        """Return what could not be used; of somebody whose work was, what may be work alone."""
        return [
            replace(one, source=source)
            for found, one in self._left
            if is_work(found.member) or self._owner(found) not in self._who
        ]

    def _owner(self, found: Found) -> str:
        """Return in whose folder a file lies that is no work; '' in nobody's."""
        folders = (self._whose[f] for f in found.member.name.parents[:-1] if f in self._whose)
        names = next(folders, set())
        return next(iter(names)) if len(names) == 1 else ""

    def _skipped(self, found: Found, where: str, why: str, content: str) -> Outcome:
        whose = Left("", where, one_line(why, LONG), content)
        self._left.append((found, whose))
        return Outcome(where, SKIPPED, why=why)

    def _place(self, found: Found, lesson: Lesson, content: bytes, where: str) -> Outcome:
        """Put a notebook into the class, unless it is there, or a newer one is."""
        if not found.label.name:
            raise CourseError("whose is it? Put it into a folder that is named after the student")
        student = self._students.named(found.label).student
        key, submitted = (student, lesson.name), self._submitted
        folder = submitted / student / lesson.name
        target = folder / lesson.path.name
        outcome = Outcome(where, TAKEN, student, lesson.name, _to_look_at(found))
        found_age = _age_of(found, lesson)
        before = _there(target, submitted)
        if before is not None and is_same(content, before):
            said = found.handed_in and timestamp.read(folder, submitted)
            if found.handed_in and (said is None or (key in self._new and found.handed_in < said)):
                timestamp.write(folder, found.handed_in, submitted)
            self._taken.setdefault(key, found_age)
            self._keep(found, folder)
            return replace(outcome, status=SAME)
        age = None if before is None else _age_there(folder, target, submitted)
        there = self._taken.get(key) or age
        if there and found_age <= there:
            return replace(outcome, status=OLDER, why="a newer one is there")
        _write(folder, target, content, found, submitted)
        self._taken[key] = found_age
        self._new.add(key)
        self._keep(found, folder)
        return outcome

    def _keep(self, found: Found, folder: Path) -> None:
        """Keep what a page needs on its way back to the student."""
        if found.label.source in given.PLATFORMS:
            student, lesson = folder.parts[-2:]
            self.given[found.label.source, lesson, student] = found.label.given
        secret.write(folder, self._secret_of(found), self._submitted)


def _print_of(found: Found) -> str:
    """Return the SHA-256 of a file that may be work; '' where it cannot be read."""
    try:
        if not is_work(found.member):
            return ""
        content = archive.read(found.member, notebook.MAX_BYTES)
        return hashlib.sha256(content).hexdigest()
    except (CourseError, ArchiveError):
        return ""


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
        return f"late, and Canvas does not say by how much: {find.SET_TIME}"
    return found.member.note


def _age_of(found: Found, lesson: Lesson) -> Age:
    """What is compared of two tries: of one time, the notebook of the lesson's name counts."""
    when, order = found.age
    return when, is_named(found.member.name, lesson), order


def _age_there(folder: Path, target: Path, submitted: Path) -> Age:
    """Return the age of what is there already; among equals, it is the newest."""
    seen = datetime.fromtimestamp(min(target.lstat().st_mtime, _LAST), UTC)
    return max(timestamp.read(folder, submitted) or seen, seen), True, 1 << 62


def _write(folder: Path, target: Path, content: bytes, found: Found, submitted: Path) -> None:
    """Write notebook and time; stopped between, the next run sees the old time and goes on."""
    seen = found.seen.timestamp()
    with disk.written(target, content, below=submitted, when=seen):
        timestamp.write(folder, None, submitted)
    timestamp.write(folder, found.handed_in, submitted)
