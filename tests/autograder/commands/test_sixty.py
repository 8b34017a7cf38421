"""A class of sixty with all that goes wrong in one, from each platform's download to the grades."""

import contextlib
import csv
import io
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

import messy_class
import pytest
from machine import absent
from messy_class import DUE, EXTENDED, NAME, PEOPLE, PLATFORMS, POLICY, Person

from autograder import cli
from autograder.classroom import policy
from autograder.classroom.room import Classroom, class_at
from autograder.handin import left, roster, timestamp

pytestmark = pytest.mark.long
CLONES = "clones"
GRADED = [person for person in PEOPLE if person.is_graded]
UNUSABLE = ["docx", "cut", "conflict", "empty"]


def said_by(room: Classroom, *words: str, status: int = 0) -> list[str]:
    """Run a command, and return the lines that it prints."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        assert cli.main([*words, "--class", str(room.results)]) == status, out.getvalue()
    return out.getvalue().splitlines()


@dataclass(frozen=True)
class Collected:
    """A class that was collected twice: what was said of it, and who is who."""

    room: Classroom
    platform: str
    said: tuple[list[str], list[str]]
    files: tuple[list[str], list[str]]

    @property
    def folders(self) -> dict[str, str]:
        """Login to folder; fails where somebody is in the list twice, or not at all."""
        found: dict[str, str] = {}
        for student in roster.read(self.room.results).all():
            (person,) = (p for p in PEOPLE if self._is(student, p))
            assert person.login not in found, f"{person.login} is there twice"
            found[person.login] = student.student
        return found

    def _is(self, student: roster.Student, person: Person) -> bool:
        if self.platform == "moodle, blind":
            return str(person.number) in student.name.split()
        if self.platform == "canvas":
            return student.id == str(person.number)
        if self.platform in ("folders", CLONES):
            return student.student == person.login
        return student.email == person.email


def sources(platform: str, place: Path) -> list[tuple[Path, list[str], list[str]]]:
    """Write two downloads: a zip, and later a folder, which was packed again inside another."""
    if platform == CLONES:
        names = ["--name", "lab2-{student}"]
        return [(messy_class.write_clones(place / f"lab{n}", n), names, []) for n in (0, 1)]
    both = [list(PLATFORMS[platform].files(n)) for n in (0, 1)]
    around = "" if platform == "exchange" else "Week 7/from the platform/"
    last = [(around + name, content, when) for name, content, when in both[1]]
    first = messy_class.write_zip(place / "all.zip", iter(both[0]))
    again = messy_class.write_folder(place / "all again", iter(last))
    return [(first, [], [f[0] for f in both[0]]), (again, [], [f[0] for f in last])]


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Collected]:
    @cache
    def made(platform: str) -> Collected:
        if platform == CLONES and absent("git"):
            pytest.skip(absent("git"))
        place = tmp_path_factory.mktemp("sixty")
        room = class_at(place / "class")
        make = messy_class.by_hand if platform == CLONES else PLATFORMS[platform].roster
        if make:
            (place / "list.csv").write_bytes(make())
            if make is messy_class.by_hand:
                room.results.mkdir()
                shutil.copy(place / "list.csv", room.results / roster.FILE)
            else:
                said_by(room, "students", str(place / "list.csv"))
        said, files = [], []
        for source, words, names in sources(platform, place):
            said.append(said_by(room, "collect", str(source), *words))
            files.append(names)
        return Collected(room, platform, (said[0], said[1]), (files[0], files[1]))

    return made


@pytest.fixture(params=[*PLATFORMS, CLONES])
def klass(request: pytest.FixtureRequest, collected: Callable[[str], Collected]) -> Collected:
    return collected(request.param)


def test_nobody_is_lost_and_nobody_is_there_twice(klass: Collected) -> None:
    handed_in = {p.login for p in PEOPLE if any(p.tries)}
    everybody = {p.login for p in (GRADED if klass.platform == "moodle, blind" else PEOPLE)}
    assert klass.folders.keys() == everybody
    there = {path.name for path in klass.room.submitted.iterdir()}
    assert there == {klass.folders[p.login] for p in GRADED}
    assert len(handed_in - {p.login for p in GRADED}) == len(UNUSABLE)


def test_what_counts_is_there(klass: Collected) -> None:
    wrong = []
    for person in GRADED:
        path = klass.room.submitted / klass.folders[person.login] / NAME / f"{NAME}.ipynb"
        if path.read_bytes() != messy_class.expected(person):
            wrong.append((person.login, person.counts))
    assert not wrong


def test_when_it_came_is_known_where_the_platform_says_so(klass: Collected) -> None:
    is_dated = klass.platform == CLONES or PLATFORMS[klass.platform].is_dated
    for person in GRADED:
        found = timestamp.read(klass.room.submitted / klass.folders[person.login] / NAME)
        assert _near(found, person.came if is_dated else None), person.login


def _near(found: datetime | None, wanted: datetime | None) -> bool:
    """Tell whether two times are one; a zip has every second second."""
    if found is None or wanted is None:
        return found is wanted
    return abs(found - wanted).total_seconds() <= 2


def test_no_file_is_without_a_line(klass: Collected) -> None:
    if klass.platform == CLONES:
        pytest.skip("files of clones that are no work are counted")
    for said, files in zip(klass.said, klass.files, strict=True):
        text = "\n".join(said)
        same = int(re.findall(r"(\d+) unchanged", said[-3])[0] if len(said) > 2 else 0)
        quiet = [f for f in files if Path(f).name not in _named_quietly and shown(f) not in text]
        assert len(quiet) == same, quiet


_named_quietly = {"timestamp.txt", "submission_metadata.yml"}


def shown(path: str) -> str:
    from autograder.shown import one_line

    return one_line(path)


def test_what_cannot_be_used_waits_to_be_settled(klass: Collected) -> None:
    kept = "\n".join(f"{one.where}: {one.why}" for one in left.read(klass.room.results))
    for kind in UNUSABLE:
        name = next(iter(messy_class.files_of(kind, "")))
        assert name.split(".")[0] in kept, kind
    assert "git conflict" in kept
    assert len(left.read(klass.room.results)) == len(UNUSABLE) + EXTRA.get(klass.platform, 1)


# Of yara, a file that was cut off and came again whole; where all came in one place, it is settled.
EXTRA: dict[str, int] = {}
