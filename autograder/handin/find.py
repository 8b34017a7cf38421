"""What lies in a source: the files of a folder, of an archive, of nbgrader's exchange."""

import os
import stat
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from pathlib import Path, PurePosixPath

from autograder import disk
from autograder.course import COURSE_ID, CourseError, lessons
from autograder.handin import archive, commits, names, secret, timestamp
from autograder.handin.archive import ArchiveError, Member, is_archive
from autograder.handin.download import Ask, Download
from autograder.handin.layout import layout
from autograder.handin.names import Label
from autograder.handin.works import is_work, works
from autograder.shown import one_line
from convbook import notebook

# Moodle 3.11 and later packs with the time of the download. Nobody's whole class hands in within
# this time, so if all times lie that close together, they are no times of handing in.
DOWNLOAD = timedelta(hours=1)
# What nbgrader puts beside a notebook, and what systems leave in folders.
QUIET = {timestamp.FILE, secret.FILE}
DEEPEST = 60  # folders in one another
SET_TIME = "if it counts, autograder late STUDENT LESSON --came TIME"
LEFT = {".ipynb_checkpoints", "__MACOSX", ".DS_Store", ".git"}


@dataclass(frozen=True)
class Found:
    """A file that may be somebody's work.

    Attributes:
        member: its path in the source, and how to read it.
        label: who handed it in.
        handed_in: when, in UTC, or None where the source does not tell.
        seen: when it was there at the latest: of two tries, the later is the newer.
    """

    member: Member
    label: Label
    handed_in: datetime | None
    seen: datetime

    @property
    def age(self) -> tuple[datetime, int]:
        """What is compared to tell the newer of two tries."""
        return max(self.handed_in or self.seen, self.seen), self.label.order


class Source:
    """A folder or an archive of what a class handed in, looked through.

    Args:
        path: a folder, an archive, or nbgrader's exchange, its course or its inbound folder.
        known: tells whether somebody of this name or folder is in the class.
        ask: as for `download.Ask`; None where there is nobody to be asked.
        rule: how folders are named after their students, as lab2-{student}; '' for the name alone.

    Raises:
        CourseError: there is no such source, it cannot be unpacked, or it can be read in two ways;
            the rule is none.
    """

    def __init__(
        self,
        path: Path,
        known: Callable[[str], bool] = lambda name: False,
        ask: Ask | None = None,
        rule: str = "",
    ) -> None:
        self._path = root(path)
        self._clones: dict[Path, _Clone] = {}
        with self._members() as members:
            files = [(m.name, m.time, is_work(m)) for m in members]
        download = Download(path.name, list(lessons()), known, self._bytes, self._contents, ask)
        work = [number for number, (_, _, fits) in enumerate(files) if fits]
        paths = {number: name.parts for number, (name, _, _) in enumerate(files)}
        self.layout = layout(paths, work, download)
        for number, theirs in self.layout.labels.items():
            if rule and theirs[0].source == "folder":
                self.layout.labels[number] = theirs = (names.ruled(theirs[0], rule),)
            if why := self._put_there_by_another(paths[number], theirs[0], known):
                self.layout.labels[number] = (replace(theirs[0], problem=why),)
        self._dated = _dated([time for _, time, _ in files], self.layout.labels, self._path)

    def found(self) -> Iterator[Found]:
        """Yield each file for each whose it is. It can be read until the next is taken."""
        with self._members() as members:
            for number, (member, theirs) in enumerate(zip(members, self._dated, strict=True)):
                for said, handed_in, seen in theirs if number not in self.layout.lists else ():
                    yield Found(member, said, handed_in, seen)

    def labels(self) -> Iterator[Label]:
        """Yield who handed in each file."""
        for theirs in self._dated:
            yield from (said for said, _, _ in theirs)

    def secret(self, found: Found) -> bytes:
        """Return nbgrader's secret of what lies in its exchange; b'' of anything else."""
        if found.label.source != "exchange" or not self._path.is_dir():
            return b""
        return secret.read(self._path / self._in_exchange(found.member.name.parts), self._path)

    def _in_exchange(self, parts: tuple[str, ...]) -> Path:
        """Return the folder that nbgrader made for a file, in the source."""
        top = next(n for n, part in enumerate(parts, start=1) if names.exchange(part))
        return Path(*parts[:top])

    def _bytes(self, wanted: int) -> bytes:
        with self._members() as members:
            member = next(m for number, m in enumerate(members) if number == wanted)
            if member.problem:
                raise CourseError(f"{one_line(member.name)}: {member.problem}")
            return member.read()

    def _contents(self) -> dict[int, Collection[str]]:
        """Return which lessons each file holds, by number."""
        held: dict[int, Collection[str]] = {}
        with self._members() as members:
            for number, member in enumerate(members):
                if is_work(member):
                    with suppress(CourseError, ArchiveError):
                        held[number] = {lesson.name for lesson in works(member)}
        return held

    def _put_there_by_another(
        self, parts: tuple[str, ...], said: Label, known: Callable[[str], bool]
    ) -> str:
        """Say who put a folder into nbgrader's exchange under the name of somebody else.

        All students may write there, and name a folder as they like.
        """
        if said.source != "exchange" or not self._path.is_dir():
            return ""
        owner = _owner(self._path / self._in_exchange(parts))
        if owner == said.name or not known(owner):
            return ""
        return f"{one_line(owner)} put it there, in the name of {one_line(said.name)}: ask them"

    @contextmanager
    def _members(self) -> Iterator[Iterator[Member]]:
        """List the files, less what nobody hands in."""
        if self._path.is_dir():
            yield _files(self._path, self._clones)
            return
        try:
            with self._path.open("rb") as file:
                every = archive.members(file, self._path.name, archive.CLASS, notebook.MAX_BYTES)
                yield (m for m in every if not _is_quiet(m.name))
        except (ArchiveError, OSError) as error:
            raise CourseError(f"{self._path}: {error}") from None


def root(path: Path) -> Path:
    """Return where the students' files begin.

    Raises:
        CourseError: there is no such source.
    """
    if path.is_dir():
        inbound = (path / "inbound", path / COURSE_ID / "inbound")
        return next((folder for folder in inbound if folder.is_dir()), path)
    if not path.exists():
        raise CourseError(f"{path}: no such folder or file")
    if not path.is_file() or not is_archive(path):
        kinds = ", ".join(archive.SUFFIXES)
        raise CourseError(f"{path}: neither a folder nor an archive ({kinds})")
    return path


Dated = tuple[Label, datetime | None, datetime]
NOBODY = (Label("", "folder"),)


def _dated(
    times: list[datetime | None], labels: dict[int, tuple[Label, ...]], source: Path
) -> list[list[Dated]]:
    """Say of each file whose it is, when it was handed in, and when it was seen."""
    whose = [labels.get(number, NOBODY) for number in range(len(times))]
    changed = datetime.fromtimestamp(source.stat().st_mtime, UTC)
    downloads = {}
    for kind in ("moodle", "canvas"):
        own = [t for t, theirs in zip(times, whose, strict=True) if t and theirs[0].source == kind]
        close = kind == "canvas" or not own or max(own) - min(own) < DOWNLOAD
        if close:  # Canvas always packs with the time of the download
            downloads[kind] = max(own, default=changed)
    return [
        [_one(said, time, changed, downloads) for said in theirs]
        for time, theirs in zip(times, whose, strict=True)
    ]


def _one(
    said: Label, time: datetime | None, changed: datetime, downloads: dict[str, datetime]
) -> Dated:
    if said.source in downloads:
        return said, None, downloads[said.source]
    when = said.time or (time if time and time.year in timestamp.YEARS else None)
    return said, when, when or changed


class _Clone:
    """A Git clone in a source: when its files were committed."""

    def __init__(self, folder: Path, source: Path) -> None:
        self._folder = folder
        self._name = PurePosixPath(folder.relative_to(source).as_posix())

    @cached_property
    def _told(self) -> tuple[dict[str, datetime], str]:
        try:
            return commits.times(self._folder), ""
        except CourseError as error:
            return {}, f"nobody can tell when it was committed ({error}): {SET_TIME}"

    def dated(self, path: Path, member: Member) -> Member:
        """Return a file with the time at which it was committed, in the place of the clone's."""
        times, note = self._told if is_work(member) else ({}, "")
        when = times.get(path.relative_to(self._folder).as_posix())
        if is_work(member) and not (when or note):
            note = f"was not committed: {SET_TIME}"
        return replace(member, time=when, clone=self._name, note=note)


def _files(folder: Path, clones: dict[Path, _Clone]) -> Iterator[Member]:
    """List the files below a folder, in order; links are listed and never followed."""
    waiting: list[tuple[Path, _Clone | None]] = [(folder, None)]
    while waiting:
        here, clone = waiting.pop()
        inside = PurePosixPath(here.relative_to(folder).as_posix())
        if len(inside.parts) > DEEPEST:
            yield Member(inside, None, "lies too deep in folders: take it out of some", bytes)
            continue
        try:
            with os.scandir(here) as entries:
                listed = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            yield Member(inside, None, f"a folder that {disk.why(error)}", bytes)
            continue
        if commits.is_clone(here):
            clone = clones.setdefault(here, _Clone(here, folder))
        below = []
        for entry in listed:
            if _is_quiet(inside / entry.name):
                continue
            path = here / entry.name
            if entry.is_dir(follow_symlinks=False):
                below.append((path, clone))
            else:
                member = _file(path, inside / entry.name, folder)
                yield clone.dated(path, member) if clone else member
        waiting += reversed(below)


def _file(path: Path, name: PurePosixPath, source: Path) -> Member:
    try:
        found = path.lstat()
        time = datetime.fromtimestamp(found.st_mtime, UTC)
    except (OSError, ValueError, OverflowError) as error:
        return Member(name, None, f"cannot be read ({type(error).__name__})", bytes)
    problem = ""
    if stat.S_ISLNK(found.st_mode):
        problem = "is a link, not a file"
    elif not stat.S_ISREG(found.st_mode):
        problem = "is not a file"
    elif found.st_size > notebook.MAX_BYTES:
        problem = f"larger than {notebook.MAX_BYTES >> 20} MiB"
    return Member(name, time, problem, partial(_read, path, source))


def _read(path: Path, source: Path) -> bytes:
    try:
        return disk.read(path, notebook.MAX_BYTES, below=source)
    except OSError as error:
        raise CourseError(disk.why(error)) from None


def _owner(path: Path) -> str:
    """Return the name of a file's owner; '' where the system does not say."""
    try:
        return path.owner()
    except (OSError, KeyError, NotImplementedError):
        return ""


def _is_quiet(name: PurePosixPath) -> bool:
    left = not LEFT.isdisjoint(name.parts) or name.name.startswith("._")
    return left or name.name in QUIET
