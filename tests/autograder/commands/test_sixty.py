"""A class of sixty with all that goes wrong in one, from each platform's download to the grades."""

import contextlib
import csv
import html
import io
import re
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

import messy_class
import pytest
from machine import SANDBOX, absent
from messy_class import EXTENDED, NAME, PEOPLE, PLATFORMS, POLICY, Person
from written_class import served

from autograder import cli, shown
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


@pytest.mark.parametrize("platform", PLATFORMS)  # in clones, files that are no work are counted
def test_no_file_is_without_a_line(platform: str, collected: Callable[[str], Collected]) -> None:
    klass = collected(platform)
    for said, files in zip(klass.said, klass.files, strict=True):
        text = "\n".join(said)
        same = int(re.findall(r"(\d+) unchanged", said[-3])[0] if len(said) > 2 else 0)
        work = {f.removeprefix(INBOUND) for f in files if Path(f).name not in READ}
        quiet = [path for path in work if shown.one_line(path) not in text]
        assert len(quiet) == same, quiet


INBOUND = "convbook/inbound/"  # where the exchange begins
READ = {"timestamp.txt", "submission_metadata.yml"}


def test_what_cannot_be_used_waits_to_be_settled(klass: Collected) -> None:
    waiting = [f"{one.where}: {one.why}" for one in left.read(klass.room.results)]
    wanted = [*WAITING, *ALSO.get(klass.platform, [])]
    if klass.platform != CLONES:  # there a document is one of many files
        wanted.append(r"Lab 2\.docx: neither")
    for pattern in wanted:
        found = next((line for line in waiting if re.search(pattern, line)), None)
        assert found, (pattern, waiting)
        waiting.remove(found)
    assert not waiting


ONLINE = [r"Ada .*onlinetext\.html: neither"] * 2
ALSO = {
    "canvas": [r"jansennele_\d+_text\.html: neither"],
    "moodle": ONLINE,
    "moodle, groups": ONLINE,
    "moodle, blind": [r"Participant_4711_.*onlinetext\.html: neither"] * 2,
}
WAITING = [
    r"my work\.ipynb: not a notebook \(it is not valid JSON",  # of somebody who did better later
    r"my work\.ipynb: not a notebook \(it is not valid JSON",
    r"lab\.ipynb: not a notebook \(marks of a git conflict",
    r"lab2\.zip: holds no notebook",
]


WRITTEN = 1.0  # points for the answer that all wrote who wrote one
DAY = 2.2  # points: 10 % of 22


def score(person: Person) -> float:
    """What the table comes to: checks, the written answer, less what lateness costs."""
    assert person.points is not None
    written = 0.0 if person.counts == "blank" else WRITTEN
    return max(0.0, person.points + written - DAY * person.days)


@pytest.fixture(scope="module")
def graded(collected: Callable[[str], Collected]) -> tuple[Collected, list[str]]:
    """The class from Canvas, with the times that Canvas does not say, graded once."""
    klass = collected("canvas")
    rules = POLICY.replace("{student}", klass.folders[EXTENDED])
    (klass.room.results / policy.FILE).write_text(rules)
    for person in LATE:
        came = person.came.isoformat()
        said_by(klass.room, "late", klass.folders[person.login], NAME, "--came", came)
    return klass, said_by(klass.room, "grade", "--sandbox", SANDBOX)


# Whom Canvas calls late: who handed in for the second time after the deadline, and not the same.
LATE = [p for p in GRADED if p.times[1] > 0 and p.tries[1] != "again"]


def test_canvas_calls_those_late_who_are(collected: Callable[[str], Collected]) -> None:
    lines = [line for line in collected("canvas").said[1] if "does not say by how much" in line]
    assert len(lines) == len(LATE)
    assert all(any(f"_{p.number}_" in line for line in lines) for p in LATE)


def test_the_table_of_grades(graded: tuple[Collected, list[str]]) -> None:
    klass, lines = graded
    wrong = []
    for person in GRADED:
        # Written answers come on top, once they are graded.
        points = max(0.0, (person.points or 0) - DAY * person.days)
        (line,) = (x for x in lines if re.match(rf"{klass.folders[person.login]} .* / \d+$", x))
        if not line.endswith(f" {points:g} / 20"):
            wrong.append((person.login, points, line))
    assert not wrong
    assert f"{NAME}: nothing came from 6: " in "\n".join(lines)
    assert sum(line.startswith("not used: ") for line in lines) == 6


def test_who_is_late_by_how_much(graded: tuple[Collected, list[str]]) -> None:
    klass, _ = graded
    lines = [line for line in said_by(klass.room, "late") if "nothing says" not in line]
    days = {p.login: p.days for p in GRADED if p.days}
    assert len(lines) == len(days)
    for login in days:
        assert any(f"({klass.folders[login]})" in line for line in lines), login
    assert len(said_by(klass.room, "late")) == len(GRADED) - len(LATE) + len(days)


def test_the_way_from_answers_to_the_seal(graded: tuple[Collected, list[str]]) -> None:
    """Points for all who wrote alike, and then the same numbers wherever they stand."""
    klass, _ = graded
    room = klass.room
    give_points(room)
    rows = {row["id"]: row for row in table(room) if row["student"]}
    assert len(rows) == len(PEOPLE) == sum(bool(row["student"]) for row in table(room))
    for person in PEOPLE:
        row = rows[str(person.number)]
        assert row["name"] == person.name
        if person.is_graded:
            assert float(row["score"]) == pytest.approx(score(person)), person.login
            assert float(row["penalty"]) == pytest.approx(DAY * person.days), person.login
        else:
            assert (row["score"], row["remark"]) == ("", "nothing was handed in")
    assert sum(row["remark"].startswith("not used: ") for row in table(room)) == 6
    course = {row["id"]: row for row in table(room, "--course")}
    assert len(course) == len(PEOPLE)
    for person in PEOPLE:
        row = course[str(person.number)]
        grade = 100 * score(person) / 22 if person.is_graded else 0
        assert float(row["grade"]) == pytest.approx(grade, abs=0.006), person.login
        assert row["not_handed_in"] == ("" if person.is_graded else NAME)
        assert row["waits_for_a_person"] == ""
    said_by(room, "report")
    pages = [p.read_text(encoding="utf-8") for p in (room.results / "report").glob("*.html")]
    text = html.unescape("".join(pages))
    assert not [p.login for p in PEOPLE if p.name not in text]
    returned(klass)
    assert said_by(room, "verify")


def give_points(room: Classroom) -> None:
    with served(room) as page:
        page.open()
        found = page.question()
        wrote = {i: a for i, a in found["answers"].items() if not a["given"]["done"]}
        assert len(wrote) == sum(p.counts != "blank" for p in GRADED)
        assert len({a["key"] for a in wrote.values()}) == 1
        given = {"points": WRITTEN, "comment": "", "done": True}
        wishes = [
            {"id": i, "key": a["key"], "seen": a["given"], "given": given} for i, a in wrote.items()
        ]
        status, _ = page.save(*wishes)
        assert status == 200


def returned(klass: Collected) -> None:
    """The pages go back to Canvas, each under the name of the file that counts."""
    said_by(klass.room, "return", "--to", "canvas")
    with zipfile.ZipFile(klass.room.results / "return" / f"{NAME}-canvas.zip") as packed:
        assert len(packed.namelist()) == len(GRADED)
        for person in GRADED:
            (name,) = (n for n in packed.namelist() if f"_{person.number}_" in n)
            page = html.unescape(packed.read(name).decode())
            assert person.name in page
            assert f"{score(person):g}" in page, person.login


def table(room: Classroom, *words: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO("\n".join(said_by(room, "export", *words)))))
