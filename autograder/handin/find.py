"""What lies in a source: the files of a folder, of an archive, of nbgrader's exchange."""

import os
import stat
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path, PurePosixPath

from autograder.course import COURSE_ID, CourseError, lessons
from autograder.handin import archive, timestamp
from autograder.handin.archive import ArchiveError, Member, is_archive
from autograder.handin.names import Label, label
from convbook import notebook

# Moodle 3.11 and later packs with the time of the download. Nobody's whole class hands in within
# this time, so if all times lie that close together, they are no times of handing in.
DOWNLOAD = timedelta(hours=1)
# What nbgrader puts beside a notebook, and what systems leave in folders.
QUIET = {timestamp.FILE, "submission_secret.txt"}
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

    Raises:
        CourseError: there is no such source, or it cannot be unpacked.
    """

    def __init__(self, path: Path) -> None:
        self._path = _root(path)
        with self._members() as members:
            self._dated = _dated([(m.name, m.time) for m in members], self._path)

    def found(self) -> Iterator[Found]:
        """Yield each file, in the source's order. It can be read until the next is taken."""
        with self._members() as members:
            for member, (said, handed_in, seen) in zip(members, self._dated, strict=True):
                yield Found(member, said, handed_in, seen)

    def same_names(self) -> dict[str, set[str]]:
        """Return the names that Moodle gives to several students here, with their numbers."""
        numbers = defaultdict(set)
        for said, _, _ in self._dated:
            if said.number:
                numbers[said.name].add(said.number)
        return {name: theirs for name, theirs in numbers.items() if len(theirs) > 1}

    @contextmanager
    def _members(self) -> Iterator[Iterator[Member]]:
        """List the files, less what nobody hands in."""
        if self._path.is_dir():
            yield _files(self._path)
            return
        try:
            with self._path.open("rb") as file:
                every = archive.members(file, self._path.name, archive.CLASS, notebook.MAX_BYTES)
                yield (m for m in every if not _is_quiet(m.name))
        except (ArchiveError, OSError) as error:
            raise CourseError(f"{self._path}: {error}") from None


def _root(path: Path) -> Path:
    """Return where the students' files begin."""
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


def _dated(files: list[tuple[PurePosixPath, datetime | None]], source: Path) -> list[Dated]:
    """Say of each file whose it is, when it was handed in, and when it was seen."""
    names = set(lessons())
    labels = [label(name.parts or ("",), names) for name, _ in files]
    changed = datetime.fromtimestamp(source.stat().st_mtime, UTC)
    downloads = {}
    for kind in ("moodle", "canvas"):
        times = [t for (_, t), said in zip(files, labels, strict=True) if t and said.source == kind]
        close = kind == "canvas" or not times or max(times) - min(times) < DOWNLOAD
        if close:  # Canvas always packs with the time of the download
            downloads[kind] = max(times, default=changed)
    result: list[Dated] = []
    for (_, time), said in zip(files, labels, strict=True):
        if said.source in downloads:
            result.append((said, None, downloads[said.source]))
        else:
            when = said.time or time
            result.append((said, when, when or changed))
    return result


def _files(folder: Path) -> Iterator[Member]:
    """List the files below a folder; links are listed and never followed."""
    for place, folders, files in os.walk(folder):
        folders.sort()
        here = Path(place)
        links = [name for name in folders if (here / name).is_symlink()]
        for name in sorted([*files, *links]):
            path = here / name
            inside = PurePosixPath(path.relative_to(folder).as_posix())
            if not _is_quiet(inside):
                yield _file(path, inside)


def _file(path: Path, name: PurePosixPath) -> Member:
    try:
        found = path.lstat()
    except OSError as error:
        return Member(name, None, f"cannot be read ({type(error).__name__})", bytes)
    problem = ""
    if stat.S_ISLNK(found.st_mode):
        problem = "is a link, not a file"
    elif not stat.S_ISREG(found.st_mode):
        problem = "is not a file"
    elif found.st_size > notebook.MAX_BYTES:
        problem = f"larger than {notebook.MAX_BYTES >> 20} MiB"
    return Member(name, datetime.fromtimestamp(found.st_mtime, UTC), problem, partial(_read, path))


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(notebook.MAX_BYTES + 1)
    except OSError as error:
        raise CourseError(f"cannot be read ({type(error).__name__})") from None


def _is_quiet(name: PurePosixPath) -> bool:
    left = not LEFT.isdisjoint(name.parts) or name.name.startswith("._")
    return left or name.name in QUIET
