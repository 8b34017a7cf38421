"""A class of sixty with all that goes wrong in one, in the shape of each platform's download.

The table says who is in it, what each handed in first and last, when, and what it comes to: written
down, and never worked out by what is tested with it.
"""

import csv
import io
import os
import subprocess
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import nbformat
import sample_class
from cells import named

from autograder.course import lessons

NAME = "02_convolution"
FILE = f"{NAME}.ipynb"
DUE = datetime(2026, 10, 12, 22, 0, tzinfo=UTC)
MIDTERM, END = DUE - timedelta(days=2), DUE + timedelta(days=20)  # of the two downloads
EXTENDED = "tuan"
POLICY = f"""percent_per_day = 10
cap = 50
grace = 15

[deadlines]
{NAME} = 2026-10-13T00:00:00+02:00

[extensions.{{student}}]
{NAME} = 2026-10-16T00:00:00+02:00
"""
# Login; first and last name; what was in the first download, and in the last: "again" is the same
# work, run once more and handed in once more; when each came, in hours after the deadline; the
# points of the checks; the days that cost something.
TABLE = """
ada      | Ada      | Lovelace      | right    | again    |  -90 | 140  | 20 | 0
bao      | Bao      | Nguyễn        |          | einsum   |      | -3   | 20 | 0
chen     | 陈       | 伟            | blank    | half     |  -80 | -1   | 13 | 0
dora     | Dora     | Petrović      |          | two      |      | -9   | 10 | 0
emil     | Emil     | Ångström      | two      | sign     |  -70 | 0.1  | 13 | 0
fay      | Fay      | O'Brien       |          | fit      |      | 0.2  | 19 | 0
gus      | Gus      | van der Berg  | blank    | again    |  -60 | 50   |  0 | 0
hana     | 花       | 山田          |          | no check |      | -7   | 17 | 0
ines     | Inês     | Conceição     |          | edited   |      | 0.5  | 17 | 1
jan      | Jan      | Novák         |          | docx     |      | -8   |    |
kai      | Kai      | Müller        |          | cut      |      | -8   |    |
lea      | Lea      | Öztürk        |          | conflict |      | -8   |    |
max      | Max      | Weiß          |          | empty    |      | -8   |    |
nele     | Nele     | Jansen        |          |          |      |      |    |
omar     | عمر      | حداد          |          |          |      |      |    |
pia      | Pia      | Rossi         |          | loop     |      | -6   | 13 | 0
quinn    | Quinn    | Lee-Smith     |          | big      |      | -5   | 20 | 0
rosa     | Rosa     | García López  |          | copy     |      | -4   | 20 | 0
sami     | Sami     | Mäkinen       |          | txt      |      | -4   | 20 | 0
sara     | Sara     | Łukasz        |          | restored |      | -2   | 20 | 0
tuan     | Tuấn     | Trần          |          | right    |      | 71   | 20 | 0
uma      | Uma      | Iyer          | half     | right    |  -60 | 25   | 20 | 2
vera     | Вера     | Соколова      |          | right    |      | 200  | 20 | 5
wei      | 伟       | 陈            |          | fit      |      | -2   | 19 | 0
yara     | Yara     | Haddad        | cut      | right    |  -55 | -2   | 20 | 0
zoe      | Zoe      | Muller        | right    | again    |  -50 | 1    | 20 | 0
zoe2     | Zoë      | Müller        |          | two      |      | 30   | 10 | 2
ines2    | Ines     | Conceicao     |          | zip      |      | -1   | 20 | 0
eleni    | Ελένη    | Παππά         |          | zip copy |      | -1   | 20 | 0
minjun   | 민준     | 김            |          | half     |      | 10   | 13 | 1
aarav    | Aarav    | Sharma        | right    | right    |  -90 | -90  | 20 | 0
abel     | Abel     | Tesfaye       |          | einsum   |      | -30  | 20 | 0
akira    | Akira    | Ono           | two      | right    |  -49 | -20  | 20 | 0
alva     | Alva     | Lind          |          | sign     |      | -20  | 13 | 0
anna     | Anna     | Schmidt       |          | fit      |      | -20  | 19 | 0
anna2    | Anna     | Schmitt       |          | right    |      | -20  | 20 | 0
bea      | Béatrice | Lefèvre       | right    | again    | -100 | -10  | 20 | 0
bruno    | Bruno    | Dos Santos    |          | half     |      | -20  | 13 | 0
carlos   | Carlos   | Ruiz          |          | blank    |      | -20  |  0 | 0
chloe    | Chloé    | D'Angelo      |          | right    |      | 49   | 20 | 3
dana     | דנה      | כהן           |          | right    |      | -20  | 20 | 0
eva      | Eva      | Horváth       |          | two      |      | -21  | 10 | 0
finn     | Finn     | Ó Sé          |          | right    |      | -22  | 20 | 0
goran    | Goran    | Đorđević      |          | einsum   |      | -23  | 20 | 0
hugo     | Hugo     | Jean-Pierre   |          | right    |      | -24  | 20 | 0
ivo      | Ivo      | Ivanov        |          | sign     |      | -25  | 13 | 0
jin      | Jin      | Park          | blank    | fit      |  -99 | -26  | 19 | 0
kim      | Kim      | Li            |          | right    |      | -27  | 20 | 0
leo      | Leo      | Costa         |          | right    |      | -28  | 20 | 0
mai      | Mai      | Le            |          | half     |      | -29  | 13 | 0
mila     | Mila     | Nowak         |          | right    |      | -30  | 20 | 0
nils     | Nils     | Åkesson       |          | edited   |      | -31  | 17 | 0
noor     | Noor     | al-Amin       |          | right    |      | -32  | 20 | 0
ola      | Ola      | Nordmann      |          | einsum   |      | -33  | 20 | 0
rami     | Rami     | Khoury        |          | no check |      | -34  | 17 | 0
sofia    | Софія    | Шевченко      |          | right    |      | -35  | 20 | 0
tara     | Tara     | N'Diaye       | right    | two      |  -98 | -36  | 10 | 0
theo     | Théo     | Dubois        |          | right    |      | -37  | 20 | 0
yuki     | 由紀     | 佐藤          |          | fit      |      | -38  | 19 | 0
zane     | Zane     | Smith 2nd     |          | right    |      | -39  | 20 | 0
"""


@dataclass(frozen=True)
class Person:
    """A line of the table.

    Attributes:
        number: of the student on every platform that numbers them.
        login, first, last: what the student is called.
        tries: what was in each of the two downloads; '' for nothing.
        times: when each came, in hours after the deadline.
        points: of the checks; None where nothing can be graded.
        days: that cost something.
    """

    number: int
    login: str
    first: str
    last: str
    tries: tuple[str, str]
    times: tuple[float, float]
    points: float | None
    days: int

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}"

    @property
    def email(self) -> str:
        return f"{self.login}@example.org"

    @property
    def is_graded(self) -> bool:
        return self.points is not None

    @property
    def counts(self) -> str:
        """What was handed in and counts."""
        return self.tries[0] if self.tries[1] == "again" else self.tries[1]

    @property
    def came(self) -> datetime:
        """When what counts came: what is handed in again unchanged keeps its time."""
        return self.at(0 if self.tries[1] == "again" or self.tries[0] == self.tries[1] else 1)

    def at(self, which: int) -> datetime:
        return DUE + timedelta(hours=self.times[which])


def _people() -> Iterator[Person]:
    for number, line in enumerate(TABLE.strip().splitlines(), start=4711):
        login, first, last, one, two, came, again, points, days = map(str.strip, line.split("|"))
        times = float(came or 0), float(again or 0)
        said = float(points) if points else None
        yield Person(number, login, first, last, (one, two), times, said, int(days or 0))


PEOPLE = list(_people())
LOOP = "def conv_forward(x, w, b, stride=1, pad=0):\n    while True:\n        pass"
_WRITERS: dict[str, str] = {
    "right": "ada",
    "einsum": "bao",
    "half": "chen",
    "two": "dora",
    "sign": "emil",
    "fit": "fay",
    "blank": "gus",
    "no check": "hana",
    "edited": "ines",
}


@cache
def work(kind: str, whose: str = "", again: bool = False) -> bytes:
    """A notebook of some kind, which says whose it is; `again` has run once more."""
    writer = _WRITERS.get(kind, "ada")
    cells = nbformat.reads(sample_class.STUDENTS[writer](lessons()[NAME], writer), 4)
    if kind != "blank":
        sample_class.answer(cells)
    if kind == "loop":
        named(cells, "conv_forward").source = LOOP
    if kind == "restored":  # the cell was deleted, written anew, and then brought back
        own = named(cells, "conv_forward")
        place = cells.cells.index(own)
        cells.cells[place] = nbformat.v4.new_code_cell(own.source)
        own.source = named(lessons()[NAME].released, "conv_forward").source
        cells.cells.append(own)
    if whose:
        cells.cells.append(nbformat.v4.new_markdown_cell(f"My notebook: {whose}"))
    for number, cell in enumerate(c for c in cells.cells if c.cell_type == "code"):
        cell.execution_count = number + 100 if again else number + 1
        if again or kind == "big":
            size = 24 << 20 if kind == "big" and number == 3 else 40
            cell.outputs = [nbformat.v4.new_output("stream", text="7" * size)]
    return nbformat.writes(cells, version=4).encode()


def files_of(kind: str, whose: str, again: bool = False) -> dict[str, bytes]:
    """What one student hands in: file name to content."""
    own = work(kind, whose, again)
    older = work("half", f"{whose}, an older one")
    return {
        "docx": {"Lab 2.docx": b"PK\x03\x04" + whose.encode()},
        "cut": {"my work.ipynb": own[:20_000] + whose.encode()},
        "conflict": {"lab.ipynb": own.replace(b' "cells": [', b"<<<<<<< HEAD", 1)},
        "empty": {"lab2.zip": zipped({"read me.txt": b"see my other account"})},
        "copy": {"02_convolution-Copy1.ipynb": older, FILE: own},
        "txt": {f"{FILE}.txt": own},
        "zip": {"lab.zip": zipped({f"lab/{FILE}": own, "lab/data.csv": b"1"})},
        "zip copy": {
            "Lab 2.zip": zipped(
                {
                    FILE: own,
                    "02_convolution-Copy1.ipynb": older,
                    "Untitled.ipynb": b'{"cells": [], "metadata": {}, "nbformat": 4}',
                    "broken.ipynb": own[:999],
                }
            )
        },
    }.get(kind, {FILE: own})


def zipped(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in files.items():
            file.writestr(name, content)
    return packed.getvalue()


def expected(person: Person) -> bytes:
    """The notebook that counts."""
    return work(person.counts, person.login, False)


# A file of a download: its path, what is in it, when it was changed.
File = tuple[str, bytes, datetime]


def handed_in(which: int) -> Iterator[tuple[Person, str, bytes]]:
    """Yield who handed in which files, in the first download or in the last."""
    for person in PEOPLE:
        kind = person.tries[which]
        again = kind == "again"
        if kind:
            found = files_of(person.tries[0] if again else kind, person.login, again)
            for name, content in found.items():
                yield person, name, content


def canvas(which: int) -> Iterator[File]:
    """Canvas: one folder; files in it by the student's sortable name, LATE, and two numbers.

    A file of another try gets a number at its end, and all files the time of the download.
    """
    for order, (person, name, content) in enumerate(handed_in(which)):
        joined = "".join(c for c in f"{person.last}{person.first}" if c.isalnum()).lower()
        late = "LATE_" if person.times[which] > 0 else ""
        stem, dot, end = name.partition(".")
        if which and person.tries[0]:
            stem += "-1"
        path = f"{joined}_{late}{person.number}_{90_000 + 500 * which + order}_{stem}{dot}{end}"
        yield path, content, (MIDTERM, END)[which]
    if which:  # typed into Canvas's own box
        nele = next(p for p in PEOPLE if p.login == "nele")
        text = b"<p>I was ill.</p>"
        yield f"jansennele_{nele.number}_text.html", text, END


def canvas_roster() -> bytes:
    """Canvas's gradebook, as exported."""
    head = [
        "Student",
        "ID",
        "SIS User ID",
        "SIS Login ID",
        "Section",
        "Lab 2 (4242)",
        "Final Score",
    ]
    rows = [head, ["    Points Possible", "", "", "", "", "22", "(read only)"]]
    for p in PEOPLE:
        rows.append([f"{p.last}, {p.first}", str(p.number), "", p.login, "Convnets", "", ""])
    rows.append(["Student, Test", "9999", "", "f00d", "Convnets", "", ""])
    return table(rows).encode("utf-8-sig")


def moodle(which: int, before: str = "", end: str = "", is_dated: bool = True) -> Iterator[File]:
    """Moodle: a folder each, after the full name without what no file name should hold."""
    for person, name, content in handed_in(which):
        shown = "".join(c for c in person.name if c not in "&<>\"`|':\\/")
        folder = f"{before}{shown}_{person.number}_assignsubmission_file{end}"
        when = person.at(which) if is_dated else (MIDTERM, END)[which]
        yield f"{folder}/{name}", content, when
        if person.login == "ada":
            text = f"{before}{shown}_{person.number}_assignsubmission_onlinetext{end}"
            yield f"{text}/onlinetext.html", b"<p>Here it is.</p>", when


def moodle_groups(which: int) -> Iterator[File]:
    """Two downloads side by side, each of a group, whose name stands before the student's."""
    for path, content, when in moodle(which, is_dated=False):
        number = int(path.partition("_assign")[0].rpartition("_")[2])
        group = "Lab A" if number % 2 else "Lab-B"
        yield f"Convnets-Lab 2-{group}/{group}-{path}", content, when


def moodle_blind(which: int) -> Iterator[File]:
    """Blind marking: all are called Participant, in the teacher's language."""
    for path, content, when in moodle(which, end="_", is_dated=False):
        yield f"Participant{path[path.index('_') :]}", content, when


def moodle_roster() -> bytes:
    """Moodle's participants, as a German one exports them to a spreadsheet program."""
    rows = [["Vorname", "Nachname", "E-Mail-Adresse", "Gruppen"]]
    rows += [[p.first, p.last, p.email, "Lab A" if p.number % 2 else "Lab-B"] for p in PEOPLE]
    return table(rows, ";").encode("utf-16")


def gradescope(which: int) -> Iterator[File]:
    """Gradescope's export: folders by number, and one file that says whose they are."""
    when, lines, seen = (MIDTERM, END)[which], ["---"], set[int]()
    for person, name, content in handed_in(which):
        folder = f"submission_{person.number * 10 + which}"
        yield f"assignment_4242_export/{folder}/{name}", content, when
        if person.number in seen:
            continue
        seen.add(person.number)
        quoted = person.name.replace("'", "''")
        lines += [
            f"{folder}:",
            f"  :submitters: &{person.number}",
            f"  - :name: '{quoted}'",
            f"    :sid: '{person.number}'",
            f"    :email: {person.email}",
            f"  :created_at: {person.at(which):%Y-%m-%d %H:%M:%S}.120000000 Z",
            "  :score: 0.0",
            "  :status: processed",
            "  :history:",
            "  - :id: 77",
            f"    :submitters: *{person.number}",
            "    :created_at: 2026-09-01 10:00:00.000000000 Z",
        ]
    yield "assignment_4242_export/submission_metadata.yml", "\n".join(lines).encode(), when


def gradescope_roster() -> bytes:
    rows = [["First Name", "Last Name", "SID", "Email", "Sections", "Lab 2", "Lab 2 - Max Points"]]
    rows += [[p.first, p.last, str(p.number), p.email, "", "", "22.0"] for p in PEOPLE]
    return table(rows).encode()


def exchange(which: int) -> Iterator[File]:
    """nbgrader's exchange: all tries, by login and time."""
    for one in range(which + 1):
        for person, name, content in handed_in(one):
            when = f"{person.at(one):%Y-%m-%d %H:%M:%S}.000001 UTC"
            folder = f"convbook/inbound/{person.login}+{NAME}+{when}+c2VjcmV0{person.number}"
            yield f"{folder}/{name}", content, person.at(one)
            yield f"{folder}/timestamp.txt", when.encode(), person.at(one)


def nbgrader_roster() -> bytes:
    """What `nbgrader db student import` takes."""
    rows = [["id", "first_name", "last_name", "email", "lms_user_id"]]
    rows += [[p.login, p.first, p.last, p.email, ""] for p in PEOPLE]
    return table(rows).encode()


def folders(which: int) -> Iterator[File]:
    """A folder a person, named as a Mac packs it."""
    for person, name, content in handed_in(which):
        path = f"{person.name}/{name}"
        yield unicodedata.normalize("NFD", path), content, person.at(which)


def by_hand() -> bytes:
    rows = [["student", "name", "id", "email"], *([p.login, p.name, "", ""] for p in PEOPLE)]
    return table(rows).encode("utf-8-sig")


def table(rows: list[list[str]], separator: str = ",") -> str:
    file = io.StringIO()
    csv.writer(file, delimiter=separator).writerows(rows)
    return file.getvalue()


@dataclass(frozen=True)
class Platform:
    """How one platform gives a class out.

    Attributes:
        files: of the first download (0) or the last (1).
        roster: its list of students, or nothing where marking is blind.
        is_dated: whether it says when each came.
    """

    files: Callable[[int], Iterator[File]]
    roster: Callable[[], bytes] | None
    is_dated: bool = True


PLATFORMS = {
    "canvas": Platform(canvas, canvas_roster, is_dated=False),
    "moodle": Platform(moodle, moodle_roster),
    "moodle, groups": Platform(moodle_groups, moodle_roster, is_dated=False),
    "moodle, blind": Platform(moodle_blind, None, is_dated=False),
    "gradescope": Platform(gradescope, gradescope_roster),
    "exchange": Platform(exchange, nbgrader_roster),
    "folders": Platform(folders, by_hand),
}


def write_zip(path: Path, files: Iterator[File]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        for name, content, when in files:
            info = zipfile.ZipInfo(name, when.astimezone().timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(info, content)
    return path


def write_folder(path: Path, files: Iterator[File]) -> Path:
    for name, content, when in files:
        place = path / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
        os.utime(place, (when.timestamp(), when.timestamp()))
    return path


def write_clones(path: Path, which: int) -> Path:
    """A Git clone each, named lab2-LOGIN, in which every file came with a commit of its time."""
    path.mkdir(exist_ok=True)
    for person in PEOPLE:
        folder = path / f"lab2-{person.login}"
        if not folder.exists():
            _git(path, "init", "--quiet", folder.name)
            (folder / "README.md").write_text("# Lab 2\n")
            _commit(folder, DUE - timedelta(days=30))
    for person, name, content in handed_in(which):
        place = path / f"lab2-{person.login}" / "lab 2" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    for person in PEOPLE:
        if person.tries[which]:
            _commit(path / f"lab2-{person.login}", person.at(which))
    return path


def _commit(folder: Path, when: datetime) -> None:
    _git(folder, "add", "--all")
    said = f"{when.timestamp():.0f} +0000"
    _git(folder, "commit", "--quiet", "--allow-empty", "--message=work", when=said)


def _git(folder: Path, *words: str, when: str = "") -> None:
    who = {"AUTHOR_NAME": "a", "AUTHOR_EMAIL": "a@b", "AUTHOR_DATE": when, "COMMITTER_DATE": when}
    who |= {"COMMITTER_NAME": "a", "COMMITTER_EMAIL": "a@b"}
    env = os.environ | {f"GIT_{name}": value for name, value in who.items() if value}
    subprocess.run(["git", "-c", "core.compression=0", *words], cwd=folder, env=env, check=True)
