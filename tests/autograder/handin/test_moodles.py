"""Whom Moodle's names mean, where marking is blind or a group stands before each."""

from pathlib import Path

import pytest
from hand_ins import NAME, collect, taken, work, zipped

from autograder.classroom.room import Classroom
from autograder.handin import roster

MOODLE = "{}_{}_assignsubmission_file/x.ipynb"


def in_class(room: Classroom, *names: str) -> None:
    room.results.mkdir()
    rows = "".join(f"{number},{name}\n" for number, name in enumerate(names))
    (room.results / roster.FILE).write_text(f"student,name\n{rows}", encoding="utf-8")


def test_where_nobody_is_named_the_number_tells_students_apart(
    tmp_path: Path, room: Classroom
) -> None:
    """Moodle calls all of them by one word, and adds the group where there is one."""
    files = {MOODLE.format("Lab A-Teilnehmerin", n): work(str(n)) for n in (811, 812)}
    collect(zipped(tmp_path / "in.zip", files), room)
    names = {s.student: s.name for s in roster.read(room.results).all()}
    assert set(names.values()) == {"Lab A-Teilnehmerin 811", "Lab A-Teilnehmerin 812"}
    assert {names[who][-3:]: one for (who, _), one in taken(room).items()} == {
        "811": work("811"),
        "812": work("812"),
    }


def test_two_of_one_name_are_no_blind_marking(tmp_path: Path, room: Classroom) -> None:
    in_class(room, "Ada Lee")
    files = {MOODLE.format("Ada Lee", n): work(str(n)) for n in (1, 2)}
    outcomes = collect(zipped(tmp_path / "in.zip", files), room)
    assert all("several students are called Ada Lee" in outcome.why for outcome in outcomes)


def test_the_group_before_each_name_is_none_of_it(tmp_path: Path, room: Classroom) -> None:
    in_class(room, "Ada-Mae Lee", "Bo O'Neill", "Cy Orr")
    people = ("Lab-1-Ada-Mae Lee", "Lab-2-Bo ONeill", "Lab-2-Dee New")
    files = {MOODLE.format(name, n): work(name) for n, name in enumerate(people)}
    collect(zipped(tmp_path / "in.zip", files), room)
    assert taken(room) == {
        (who, NAME): work(name) for who, name in zip(("0", "1", "Dee_New"), people, strict=True)
    }


@pytest.mark.parametrize("beside", ["Pierre Dupont", "Bo Derek"])
def test_a_name_with_a_dash_is_no_group(beside: str, tmp_path: Path, room: Classroom) -> None:
    """One of several: of the whole download, the names would have to be so."""
    in_class(room, "Pierre Dupont", "Bo Derek")
    people = ("Jean-Pierre Dupont", beside, "Mae-Li Wu")
    files = {MOODLE.format(name, n): work(name) for n, name in enumerate(people)}
    outcomes = collect(zipped(tmp_path / "in.zip", files), room)
    assert "is 'Jean-Pierre Dupont' the student 'Pierre Dupont'" in outcomes[0].why
    assert {who for who, _ in taken(room)} == {"0" if "Pierre" in beside else "1", "Mae-Li_Wu"}
