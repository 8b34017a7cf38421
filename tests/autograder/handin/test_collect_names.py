"""Collecting: odd names, names that look alike, and the list of who is who."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from hand_ins import NAME, NOON, collect, inbound, laid_out, taken, tarred, work, zipped
from nbgrader.coursedir import CourseDirectory

from autograder.classroom.room import Classroom
from autograder.course import CourseError
from autograder.handin import roster, spelling
from autograder.handin.take import SAME, SKIPPED, TAKEN

ODD = [
    "Zoë Müller-Łukasz",
    "王伟",
    "Ada ..",
    "~",
    "-rf",
    "con",
    "a" * 300,
    "Robert'); DROP TABLE Students;--",
    "tab\there",
    "\x1b[31mred",
    "new\nline",
    "O'Neill, Tim",
    "Καλλιόπη",
    "a\u202eb",
    "=1+1",
    "+ada",
    "mailto@x",
]


def test_odd_names_get_safe_folders_that_can_be_mapped_back(
    tmp_path: Path, room: Classroom
) -> None:
    files = {}
    for number, name in enumerate(ODD):
        files[f"{name}_{number}_assignsubmission_file_work.ipynb"] = work(name)
    outcomes = collect(tarred(tmp_path / "in.tar.gz", files), room)
    assert [o.status for o in outcomes] == [TAKEN] * len(ODD)
    assert all(o.where.isprintable() for o in outcomes)
    folders = [o.student for o in outcomes]
    assert len({f.casefold() for f in folders}) == len(ODD)
    assert sorted(os.listdir(room.submitted)) == sorted(folders)
    for folder in folders:
        assert folder.isascii() and 0 < len(folder) <= 64 and folder[0] not in ".-_"
        assert CourseDirectory(student_id=folder).student_id == folder
    read = roster.read(room.results)
    for name, folder in zip(ODD, folders, strict=True):
        assert read.of(folder).name == spelling.written(name)
        assert taken(room)[folder, NAME] == work(name)
    assert {o.status for o in collect(tmp_path / "in.tar.gz", room)} == {SAME}


def test_names_that_look_alike_as_folders_stay_apart(tmp_path: Path, room: Classroom) -> None:
    names = ["Ana Ruiz", "Aña Ruiz", "Ana (Ruiz)", "Ana_Ruiz_"]
    source = laid_out(tmp_path / "in", {f"{name}/a.ipynb": work(name) for name in names})
    folders = {o.student.casefold() for o in collect(source, room)}
    assert len(folders) == 4


def test_a_folder_of_the_class_is_the_same_student(tmp_path: Path, room: Classroom) -> None:
    files = {"Ana Ruiz/a.ipynb": work(), "Ana_Ruiz/b.ipynb": work("", "03_backprop")}
    assert {o.student for o in collect(laid_out(tmp_path / "in", files), room)} == {"Ana_Ruiz"}


def test_a_lost_students_csv_mixes_nobody_up(tmp_path: Path, room: Classroom) -> None:
    first = laid_out(tmp_path / "1", {"Ana Ruiz/a.ipynb": work("one")})
    collect(first, room)
    (room.results / roster.FILE).unlink()
    other = laid_out(tmp_path / "2", {"Aña Ruiz/a.ipynb": work("two")}, NOON + timedelta(1))
    collect(other, room)
    assert taken(room)["Ana_Ruiz", NAME] == work("one")
    assert len(taken(room)) == 2


def test_a_list_written_before_the_first_collect_is_used(tmp_path: Path, room: Classroom) -> None:
    room.results.mkdir()
    lines = ["student,name,id,email", "al01,Ada Lovelace,77,ada@example.org", ",Bo Derek,,"]
    (room.results / roster.FILE).write_text("\n".join(lines))
    moodle = {
        "Ada Lovelace_1_assignsubmission_file_/a.ipynb": work(),
        "Bo Derek_2_assignsubmission_file_/a.ipynb": work(),
    }
    collect(zipped(tmp_path / "1.zip", moodle), room)
    assert set(taken(room)) == {("al01", NAME), ("Bo_Derek", NAME)}
    collect(zipped(tmp_path / "2.zip", {"lovelaceada_77_5_x.ipynb": work("", "03_backprop")}), room)
    assert ("al01", "03_backprop") in taken(room)
    assert (room.results / roster.FILE).read_text() == "\n".join(lines)  # nobody came in


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("name,mark\nada,1\n", "line 1: needs the columns"),
        ("student,name\nada,Ada\n../bo,Bo\n", "line 3: '../bo' cannot be a student's folder"),
        ("student,name\nada,Ada\nADA,Bo\n", "line 3: 'ADA' cannot be"),
        ("student,name,id\nada,Ada,7\nbo,Bo,7\n", "line 3: '7' is another student's id"),
        ("student,name\nada,Lovelace, Ada\n", "line 2: has more cells .* needs quotes"),
        ("student,name\nzoe,Zo\udceb\n", "line 2 is not in UTF-8.* save it as CSV UTF-8"),
        ("student,name\nada,A\0\n", "line 2 holds a NUL"),
    ],
)
def test_a_bad_list_is_refused_with_its_line(
    text: str, why: str, tmp_path: Path, room: Classroom
) -> None:
    room.results.mkdir()
    (room.results / roster.FILE).write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(CourseError, match=why):
        collect(laid_out(tmp_path / "in", {"ada/a.ipynb": work()}), room)


def test_two_of_one_name_in_the_list_are_not_guessed(tmp_path: Path, room: Classroom) -> None:
    room.results.mkdir()
    (room.results / roster.FILE).write_text("student,name\na1,Ada Byron\na2,Ada Byron\n")
    source = laid_out(tmp_path / "in", {"Ada Byron/a.ipynb": work(), "a2/a.ipynb": work("2")})
    said = {o.where: o for o in collect(source, room)}
    assert "several students called Ada Byron (a1, a2)" in said["Ada Byron/a.ipynb"].why
    assert set(taken(room)) == {("a2", NAME)}


ALIKE = {
    "two spaces": ("Ada Lovelace", "Ada  Lovelace"),
    "no-break space": ("Ada Lovelace", "Ada\u00a0Lovelace"),
    "zero-width": ("Ada Lovelace", "Ada \u200bLovelace"),
    "soft hyphen": ("Ada Lovelace", "Ada Love\u00adlace"),
    "invisible letter": ("Ada Lovelace", "Ada\u3164 Lovelace"),
    "composed or not": ("Zo\u00eb", "Zoe\u0308"),
    "capitals": ("Ada", "ada"),
    "full-width": ("Ada", "\uff21da"),
    "sharp s": ("Strauß", "Strauss"),
    "ligature": ("Afi", "A\ufb01"),
}
WAYS = {
    "folders": "{0}/x.ipynb",
    "Moodle": "{0}_{1}_assignsubmission_file_/x.ipynb",
    "exchange": f"{{0}}+{NAME}+2026-10-12 10:00:00.0 UTC+x{{1}}/x.ipynb",
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("pair", ALIKE.values(), ids=ALIKE)
def test_names_that_look_alike_are_neither_one_nor_two(
    pair: tuple[str, str], way: str, tmp_path: Path, room: Classroom
) -> None:
    files = {way.format(name, number): work(name) for number, name in enumerate(pair, start=1)}
    files[way.format("Bo", 3)] = work("bo")
    said = {o.student or o.why for o in collect(tarred(tmp_path / "in.tar.gz", files), room)}
    assert "Bo" in said and len(said) == 2
    whys = ("one student or several?", "several students are called")  # Moodle numbers them
    assert any(why in one for one in said for why in whys)
    assert set(taken(room)) == {("Bo", NAME)}
    assert [s.name for s in roster.read(room.results).all()] == ["Bo"]


@pytest.mark.parametrize("pair", [p for k, p in ALIKE.items() if k not in ("composed or not",)])
def test_a_name_that_looks_like_a_known_one_is_asked(
    pair: tuple[str, str], tmp_path: Path, room: Classroom
) -> None:
    """In another week, too: but spaces and composed letters come from systems, not from people."""
    first, second = (WAYS["Moodle"].format(name, 1) for name in pair)
    collect(tarred(tmp_path / "1.tar.gz", {first: work("one")}), room)
    (outcome,) = collect(tarred(tmp_path / "2.tar.gz", {second: work("two", "03_backprop")}), room)
    if " ".join(pair[1].split()) == pair[0]:
        assert outcome.status == TAKEN and len(roster.read(room.results).all()) == 1
    else:
        assert "add a row for this one to students.csv" in outcome.why
        assert len(taken(room)) == 1


def test_a_group_before_a_known_name_makes_no_second_student(
    tmp_path: Path, room: Classroom
) -> None:
    collect(zipped(tmp_path / "1.zip", {WAYS["Moodle"].format("Ada-Mae Lee", 1): work()}), room)
    files = {WAYS["Moodle"].format("Team 1-Ada-Mae Lee", 2): work("", "03_backprop")}
    (outcome,) = collect(zipped(tmp_path / "2.zip", files), room)
    assert "the student 'Ada-Mae Lee' of students.csv" in outcome.why
    assert len(roster.read(room.results).all()) == 1


def test_rows_for_both_settle_it(tmp_path: Path, room: Classroom) -> None:
    room.results.mkdir()
    (room.results / roster.FILE).write_text("student,name\na1,Ada\na2,ada\n")
    source = laid_out(tmp_path / "in", {"Ada/x.ipynb": work("1"), "ada/x.ipynb": work("2")})
    collect(source, room)
    assert taken(room) == {("a1", NAME): work("1"), ("a2", NAME): work("2")}


def test_a_name_of_a_platform_is_no_folder_of_the_class(tmp_path: Path, room: Classroom) -> None:
    """Whoever calls herself as somebody's folder is called does not hand in for him."""
    room.results.mkdir()
    (room.results / roster.FILE).write_text("student,name\nal01,Ada Lovelace\n")
    laid_out(room.submitted, {f"al01/{NAME}/{NAME}.ipynb": work("ada")})
    source = zipped(tmp_path / "in.zip", {WAYS["Moodle"].format("al01", 7): work("evil")})
    (outcome,) = collect(source, room)
    assert "add a row for this one" in outcome.why
    assert taken(room) == {("al01", NAME): work("ada")}


def test_two_of_one_name_in_canvas_and_one_row_without_an_id(
    tmp_path: Path, room: Classroom
) -> None:
    room.results.mkdir()
    (room.results / roster.FILE).write_text("student,name,id\nj1,smithjo,\nb1,bo,\n")
    files = {"smithjo_1_10_x.ipynb": work("a"), "smithjo_2_11_x.ipynb": work("b")}
    outcomes = collect(zipped(tmp_path / "in.zip", files | {"bo_3_12_x.ipynb": work()}), room)
    assert [o.status for o in outcomes[:2]] == [SKIPPED, SKIPPED]
    assert "write the id of each into students.csv" in outcomes[0].why
    assert set(taken(room)) == {("b1", NAME)}
    assert roster.read(room.results).of("b1").id == "3"  # so that the next bo is another
    (other,) = collect(zipped(tmp_path / "2.zip", {"bo_4_13_x.ipynb": work("c")}), room)
    assert other.student.startswith("bo") and other.student != "b1"
    assert taken(room)["b1", NAME] == work()


def test_what_a_person_wrote_into_the_list_stays(tmp_path: Path, room: Classroom) -> None:
    room.results.mkdir()
    before = "group;student;name;id\n1;ada;Ada;7\n2;bo;Bo;\n"
    (room.results / roster.FILE).write_bytes(before.encode("utf-16"))
    collect(zipped(tmp_path / "in.zip", {"Bo_8_1_x.ipynb": work(), "cy_9_2_x.ipynb": work()}), room)
    text = (room.results / roster.FILE).read_text()
    head, ada, bo, cy = text.splitlines()
    assert head.startswith("group;student;name;id") and ada.startswith("1;ada;Ada;7")
    assert bo.startswith("2;bo;Bo;8") and cy.startswith(";cy;cy;9")


def test_two_runs_at_once_lose_nothing(tmp_path: Path, room: Classroom) -> None:
    sources = []
    for week in range(3):
        files = {f"s{week}x{n}_{week}{n}1_{n}_x.ipynb": work() for n in range(15)}
        sources.append(zipped(tmp_path / f"{week}.zip", files))
    command = [sys.executable, "-m", "autograder.cli", "collect", "--class", str(room.results)]
    runs = [subprocess.Popen([*command, str(s)], stdout=subprocess.DEVNULL) for s in sources]
    assert [run.wait() for run in runs] == [0, 0, 0]
    assert len(taken(room)) == 45
    assert len({s.id for s in roster.read(room.results).all()}) == 45


@pytest.mark.parametrize("after", range(6))
def test_a_run_that_is_broken_off_leaves_nothing_half(
    after: int, tmp_path: Path, room: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As by a kill: nothing of ours runs any more. The same run then goes on."""
    files = {f"Ada {n}_{n}_assignsubmission_file_/x.ipynb": work(str(n)) for n in range(3)}
    source, whole, left = zipped(tmp_path / "in.zip", files), os.replace, [after]

    def replace(*args: object, **named: object) -> None:
        if not left[0]:
            raise SystemExit
        left[0] -= 1
        whole(*args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(SystemExit):
        collect(source, room)
    monkeypatch.undo()
    assert all(content in map(work, "012") for content in taken(room).values())
    collect(source, room)
    assert taken(room) == {(f"Ada_{n}", NAME): work(str(n)) for n in range(3)}
    assert len(roster.read(room.results).all()) == 3


@pytest.mark.parametrize("name", ["Zoë O'Neill", 'Bo "B" Derek', "A/B & C: D", "Ann_Lee"])
def test_moodle_leaves_signs_out_of_names(name: str, tmp_path: Path, room: Classroom) -> None:
    filed = "".join(c for c in name.replace("_", " ") if c not in "&<>\"`|':\\/")
    room.results.mkdir()
    quoted = name.replace('"', '""')
    (room.results / roster.FILE).write_text(f'student,name\n1,"{quoted}"\n', encoding="utf-8")
    collect(zipped(tmp_path / "in.zip", {WAYS["Moodle"].format(filed, 1): work()}), room)
    assert taken(room) == {("1", NAME): work()}
    assert len(roster.read(room.results).all()) == 1


@pytest.mark.parametrize("named", ["al01", "Ada@Example.org"])
def test_a_folder_may_be_named_after_an_id_or_an_email(
    named: str, tmp_path: Path, room: Classroom
) -> None:
    """As nbgrader's exchange names them after the ids that its list of students has."""
    room.results.mkdir()
    row = "student,name,id,email\nAda_Lovelace,Ada Lovelace,al01,ada@example.org\n"
    (room.results / roster.FILE).write_text(row)
    collect(zipped(tmp_path / "1.zip", {f"{named}/x.ipynb": work(), "bo/x.ipynb": work("b")}), room)
    inbound(tmp_path, named, "2026-10-13 10:00:00.0 UTC", work("", "03_backprop"))
    collect(tmp_path, room)
    assert set(taken(room)) >= {("Ada_Lovelace", NAME), ("Ada_Lovelace", "03_backprop")}
    assert len(roster.read(room.results).all()) == 2
