"""The list of a class from Canvas and Moodle, as downloaded in any language and encoding."""

import csv
import io
from pathlib import Path

import pytest
from hand_ins import NAME, laid_out, taken, work, zipped
from hypothesis import given
from hypothesis import strategies as st
from nbgrader.api import Gradebook

from autograder import cli
from autograder.classroom import late
from autograder.classroom.room import Classroom, class_at
from autograder.course import CourseError
from autograder.handin import people, roster

CANVAS = """Student,ID,SIS User ID,SIS Login ID,Section,02 (881),Current Score
,,,,,Manual Posting,
"    Points Possible",,,,,22,(read only)
"Lovelace, Ada",77,0077,ada@example.org,Lab 1,20,
"Müller-Łukasz, Zoë",78,,zoe,Lab 1 and Lab 2,,
"Lee, Kim",79,,kim@example.org,Lab 2,,
"Lee, Kim",80,,,Lab 2,,
"Student, Test",91,,0a1b2c3d4e5f,Lab 1,,
,,,,,,
"""
MOODLE = """"First name",Surname,"ID number",Institution,"Email address","Assignment: 02 (Real)"
Ada,Lovelace,0077,,ada@example.org,20.00
Zoë,Müller-Łukasz,,,zoe@example.org,-
王,小明,,,w@example.org,-
"Overall average",,,,,20.00
"""
GERMAN = "Vorname\tNachname\tE-Mail-Adresse\tGruppen\nÄda\tLovelace\tada@x.org\t1\n"
FRENCH = "Nom;Prénom;Numéro d'identification;Adresse de courriel\nLovelace;Ada;77;ada@x.org\n"
SPANISH = "Nombre,Apellido(s),Dirección de correo\nAda,Núñez Á,ada@x.org\nBo,Ñ,bo@x.org\n"
UNKNOWN = "Xa;Ya;Za\nAda;Lovelace;ada@x.org\nBo;Derek;bo@x.org\n"  # a language not known here
EXCEL = 'sep=;\n"First name / Surname";"Email"\n"Ada Lovelace";"ada@x.org"\n'


def names(content: bytes) -> list[tuple[str, str, str]]:
    return [(p.name, p.id, p.email) for p in people.read(content).people]


def students(room: Classroom) -> list[tuple[str, str, str]]:
    return [(s.name, s.id, s.email) for s in roster.read(room.results).all()]


def run(room: Classroom, *words: str) -> int:
    return cli.main([*words, "--class", str(room.results)])


def take_in(room: Classroom, folder: Path, content: bytes) -> int:
    (folder / "list.csv").write_bytes(content)
    return run(room, "students", str(folder / "list.csv"))


def test_canvas_gradebook() -> None:
    found = people.read(CANVAS.encode())
    assert names(CANVAS.encode()) == [
        ("Ada Lovelace", "77", "ada@example.org"),
        ("Zoë Müller-Łukasz", "78", ""),
        ("Kim Lee", "79", "kim@example.org"),
        ("Kim Lee", "80", ""),
    ]
    assert [line.partition(":")[0] for line in found.left] == ["line 2", "line 3", "line 8"]
    assert found.kind == (
        "Canvas's gradebook in UTF-8: name from Student, id from ID, email from SIS Login ID"
    )


def test_moodle_gradebook_and_participants() -> None:
    assert names(MOODLE.encode()) == [
        ("Ada Lovelace", "0077", "ada@example.org"),
        ("Zoë Müller-Łukasz", "", "zoe@example.org"),
        ("王 小明", "", "w@example.org"),
    ]
    assert names(GERMAN.encode()) == [("Äda Lovelace", "", "ada@x.org")]
    assert names(FRENCH.encode()) == [("Ada Lovelace", "77", "ada@x.org")]
    assert names(SPANISH.encode())[0] == ("Ada Núñez Á", "", "ada@x.org")
    assert names(UNKNOWN.encode()) == [
        ("Ada Lovelace", "", "ada@x.org"),
        ("Bo Derek", "", "bo@x.org"),
    ]
    assert names(EXCEL.encode()) == [("Ada Lovelace", "", "ada@x.org")]


@pytest.mark.parametrize("separator", ",;\t")
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
def test_every_encoding_and_separator(encoding: str, end: str, separator: str) -> None:
    rows = list(csv.reader(io.StringIO(SPANISH)))
    file = io.StringIO()
    csv.writer(file, delimiter=separator, lineterminator=end).writerows(rows)
    found = [("Ada Núñez Á", "", "ada@x.org"), ("Bo Ñ", "", "bo@x.org")]
    assert names(file.getvalue().encode(encoding)) == found


def test_names_and_numbers_come_to_those_who_are_known(tmp_path: Path, room: Classroom) -> None:
    files = {"lovelaceada_77_1_x.ipynb": work("ada"), "muellerlukaszzoe_78_2_x.ipynb": work("zoe")}
    run(room, "collect", str(zipped(tmp_path / "submissions.zip", files)))
    assert take_in(room, tmp_path, CANVAS.encode("utf-16")) == 0
    found = {s.student: (s.name, s.id, s.email) for s in roster.read(room.results).all()}
    assert found["lovelaceada"] == ("Ada Lovelace", "77", "ada@example.org")
    assert found["muellerlukaszzoe"] == ("Zoë Müller-Łukasz", "78", "")
    assert sorted(name for name, _, _ in students(room)) == [
        *("Ada Lovelace", "Kim Lee", "Kim Lee", "Zoë Müller-Łukasz"),
    ]
    before = (room.results / roster.FILE).read_bytes()
    assert take_in(room, tmp_path, CANVAS.encode("utf-8-sig")) == 0
    assert (room.results / roster.FILE).read_bytes() == before
    # The same two by Moodle's list: their emails, and no second row.
    assert (
        take_in(
            room, tmp_path, b"Full name,Email\nZo\xc3\xab M\xc3\xbcller-\xc5\x81ukasz,z@x.org\n"
        )
        == 0
    )
    assert ("Zoë Müller-Łukasz", "78", "z@x.org") in students(room)
    assert len(students(room)) == 4
    run(
        room,
        "collect",
        str(zipped(tmp_path / "submissions.zip", {"leekim_80_9_x.ipynb": work("k")})),
    )
    kim = next(s for s in roster.read(room.results).all() if s.id == "80")
    assert (kim.student, NAME) in taken(room)


def test_moodles_people_are_found_by_the_name_of_the_list(tmp_path: Path, room: Classroom) -> None:
    assert take_in(room, tmp_path, MOODLE.encode()) == 0
    name = "Zoë Müller-Łukasz_4711_assignsubmission_file"
    run(room, "collect", str(laid_out(tmp_path / "in", {f"{name}/x.ipynb": work("z")})))
    assert len(students(room)) == 3
    assert [who for who, _ in taken(room)] == ["Zoe_Muller-Lukasz"]


def test_two_of_one_name_and_a_row_without_a_number_are_not_guessed(
    tmp_path: Path, room: Classroom, capsys: pytest.CaptureFixture[str]
) -> None:
    run(room, "collect", str(laid_out(tmp_path / "in", {"Kim Lee/x.ipynb": work("kim")})))
    capsys.readouterr()
    assert take_in(room, tmp_path, CANVAS.encode()) == 1
    out = capsys.readouterr().out
    assert "line 6: several are called Kim Lee" in out and "line 7: several" in out
    assert [one for one in students(room) if one[0] == "Kim Lee"] == [("Kim Lee", "", "")]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "holds no line"),
        (b"PK\x03\x04xlsx", "is a spreadsheet: in a spreadsheet program, save it as CSV UTF-8"),
        (b"<!DOCTYPE html><title>Log in", "is a web page, and no list"),
        (b"a,b\n1,2\n", "no column of it is one of names, ids or emails: it has a, b"),
        (b"\x81\x8d\xff", "cannot be read ("),
    ],
)
def test_what_is_no_list_is_one_line(
    content: bytes, said: str, tmp_path: Path, room: Classroom, capsys: pytest.CaptureFixture[str]
) -> None:
    assert take_in(room, tmp_path, content) == 2
    err = capsys.readouterr().err
    assert said in err and err.count("\n") == 1
    assert run(room, "students", str(tmp_path / "none.csv")) == 2


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda t: t.encode("utf-8", "replace")))
def test_any_bytes_are_a_list_or_one_line(content: bytes) -> None:
    for text in (content, CANVAS.encode() + content, content + MOODLE.encode()):
        try:
            people.read(text)
        except CourseError as error:
            assert "\n" not in str(error)


def test_names_stand_in_formgrader(tmp_path: Path) -> None:
    room = class_at(tmp_path / "class")
    assert take_in(room, tmp_path, CANVAS.encode()) == 0
    late.enter(room)
    with Gradebook(room.db_url) as book:
        ada = book.find_student("Ada_Lovelace")
        said = ada.first_name, ada.last_name, ada.email, ada.lms_user_id
    assert said == ("Ada", "Lovelace", "ada@example.org", "77")
