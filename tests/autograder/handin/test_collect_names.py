"""Collecting: odd names, names that look alike, and the list of who is who."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from hand_ins import NAME, NOON, collect, laid_out, taken, tarred, work, zipped
from nbgrader.coursedir import CourseDirectory

from autograder.classroom.room import Classroom
from autograder.course import CourseError
from autograder.handin import roster
from autograder.handin.take import SAME, TAKEN

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
        assert read.of(folder).name == roster.written(name)
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
    ],
)
def test_a_bad_list_is_refused_with_its_line(
    text: str, why: str, tmp_path: Path, room: Classroom
) -> None:
    room.results.mkdir()
    (room.results / roster.FILE).write_text(text)
    with pytest.raises(CourseError, match=why):
        collect(laid_out(tmp_path / "in", {"ada/a.ipynb": work()}), room)


def test_two_of_one_name_in_the_list_are_not_guessed(tmp_path: Path, room: Classroom) -> None:
    room.results.mkdir()
    (room.results / roster.FILE).write_text("student,name\na1,Ada Byron\na2,Ada Byron\n")
    source = laid_out(tmp_path / "in", {"Ada Byron/a.ipynb": work(), "a2/a.ipynb": work("2")})
    said = {o.where: o for o in collect(source, room)}
    assert "several students called Ada Byron (a1, a2)" in said["Ada Byron/a.ipynb"].why
    assert set(taken(room)) == {("a2", NAME)}
