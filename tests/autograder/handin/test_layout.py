"""Collecting whole downloads: whose each file is says its place in the whole, not its own name."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath

import pytest
from hand_ins import (
    FILE,
    NAME,
    NOON,
    collect,
    inbound,
    laid_out,
    packed,
    taken,
    tarred,
    work,
    zipped,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder import cli
from autograder.classroom.room import Classroom
from autograder.course import CourseError, lessons
from autograder.handin import roster, take, timestamp
from autograder.handin.archive import Member
from autograder.handin.download import Download
from autograder.handin.layout import layout
from autograder.handin.take import SKIPPED, TAKEN
from autograder.handin.works import is_work

METADATA = """---
submission_11:
  :submitters:
  - :name: Ada Lovelace
    :sid: '77'
    :email: ada@example.org
  :created_at: 2026-10-12 14:00:00.123456789 +02:00
  :score: 3.0
submission_12:
  :submitters:
  - :name: Bo Derek
    :email: bo@example.org
  - :name: Cleo
    :email: cleo@example.org
  :created_at: 2026-10-13 12:00:00 Z
"""
PEOPLE = ("ada", "bo", "cleo")
WHO = ("ada", "bo", "mallory")
DOWNLOADS: dict[str, dict[str, bytes]] = {
    "a folder each": {f"{who}/x.ipynb": work(who) for who in PEOPLE},
    "a zip each": {f"{who}.zip": packed(FILE, work(who)) for who in PEOPLE},
    "a notebook each": {f"{who}.ipynb": work(who) for who in PEOPLE},
    "a folder a lesson": {f"{NAME}/{who}/x.ipynb": work(who) for who in PEOPLE},
    "nbgrader's": {f"submitted/{who}/{NAME}/{FILE}": work(who) for who in PEOPLE},
    "Moodle's": {
        f"{who}_{n}_assignsubmission_file_/x.ipynb": work(who) for n, who in enumerate(PEOPLE)
    },
    "Moodle's, flat": {
        f"{who}_{n}_assignsubmission_file_x.ipynb": work(who) for n, who in enumerate(PEOPLE)
    },
    "Canvas's": {f"{who}_{n}_{n + 90}_x.ipynb": work(who) for n, who in enumerate(PEOPLE)},
}
AROUND = ("", "handins/", "week 2/submissions/")
# A folder of notebooks may be of one student: that is asked.
PACKED = [(kind, a) for kind in DOWNLOADS for a in AROUND if kind != "a notebook each" or not a]


@pytest.mark.parametrize(("kind", "around"), PACKED)
@pytest.mark.parametrize("pack", [laid_out, zipped, tarred])
def test_a_download_packed_again_is_of_the_same_people(
    pack: Callable, kind: str, around: str, tmp_path: Path, room: Classroom
) -> None:
    source = tmp_path / {laid_out: "in", zipped: "in.zip", tarred: "in.tar.gz"}[pack]
    files = {f"{around}{name}": content for name, content in DOWNLOADS[kind].items()}
    collect(pack(source, files), room)
    assert taken(room) == {(who, NAME): work(who) for who in PEOPLE}


@pytest.mark.parametrize("around", ["", "assignment_5_export/", "a/b/"])
@pytest.mark.parametrize("pack", [laid_out, zipped, tarred])
def test_gradescopes_export(pack: Callable, around: str, tmp_path: Path, room: Classroom) -> None:
    source = tmp_path / {laid_out: "in", zipped: "in.zip", tarred: "in.tar.gz"}[pack]
    files = {
        f"{around}submission_metadata.yml": METADATA.encode(),
        f"{around}submission_11/x.ipynb": work("a"),
        f"{around}submission_12/x.ipynb": work("b"),
        f"{around}submission_13/x.ipynb": work("c"),
    }
    *_, last = [o for o in collect(pack(source, files), room) if "yml" not in o.where]
    assert taken(room) == {
        ("Ada_Lovelace", NAME): work("a"),
        ("Bo_Derek", NAME): work("b"),
        ("Cleo", NAME): work("b"),
    }
    assert last.why == "is not in submission_metadata.yml"
    came = timestamp.read(room.submitted / "Ada_Lovelace" / NAME)
    assert came == NOON + timedelta(microseconds=123456)
    assert roster.read(room.results).of("Cleo").email == "cleo@example.org"


def test_an_export_of_one_submission(tmp_path: Path, room: Classroom) -> None:
    files = {"submission_metadata.yml": METADATA.encode(), "submission_11/x.ipynb": work("a")}
    named = {f"assignment_5_export/{name}": content for name, content in files.items()}
    collect(zipped(tmp_path / "in.zip", named), room)
    assert taken(room) == {("Ada_Lovelace", NAME): work("a")}
    inside = {f"mallory/{name}": content for name, content in files.items()}
    collect(zipped(tmp_path / "2.zip", inside, NOON + timedelta(1)), room)
    assert taken(room)["Ada_Lovelace", NAME] == work("a")
    assert {who for who, _ in taken(room)} == {"Ada_Lovelace", "mallory"}


def test_several_downloads_side_by_side(tmp_path: Path, room: Classroom) -> None:
    """Moodle's numbers are of one assignment: in the next, another student may have them."""
    file = "{}/{}_{}_assignsubmission_file_/x.ipynb"
    files = {
        file.format("week 2", "Ada", 1): work("a"),
        file.format("week 2", "Bo", 2): work("b"),
        file.format("week 3", "Ada", 8): work("a", "03_backprop"),
        file.format("week 3", "Bo", 1): work("b", "03_backprop"),
    }
    assert {o.status for o in collect(laid_out(tmp_path / "in", files), room)} == {TAKEN}
    assert {who for who, _ in taken(room)} == {"Ada", "Bo"} and len(taken(room)) == 4


ONE_PERSONS = {
    "Moodle's name": ("mallory/ada_1_assignsubmission_file_x.ipynb",),
    "a folder as Moodle's": ("mallory/ada_1_assignsubmission_file_/x.ipynb",),
    "Canvas's name": ("mallory/ada_1_2_x.ipynb",),
    "Canvas's, hidden": ("mallory/anon_ada_2_x.ipynb",),
    "as in the exchange": (f"mallory/ada+{NAME}+2026-10-12 10:00:00.0 UTC+c2Vj/x.ipynb",),
    "a folder of hers": ("mallory/ada/x.ipynb",),
    "nbgrader's folders": (f"mallory/submitted/ada/{NAME}/{FILE}",),
    "several": (
        "mallory/ada_1_assignsubmission_file_x.ipynb",
        "mallory/bo_2_assignsubmission_file_x.ipynb",
    ),
    "Gradescope's": ("mallory/submission_11/x.ipynb", "mallory/submission_metadata.yml"),
}


# Two such names in one unknown folder are a platform's download that was packed again.
BESIDE = [
    (kind, beside)
    for kind, names in ONE_PERSONS.items()
    for beside in ("among others", "alone", "alone and known")
    if beside != "alone" or len(names) == 1
]


@pytest.mark.parametrize(("kind", "before"), BESIDE)
@pytest.mark.parametrize("pack", [laid_out, zipped, tarred])
def test_a_name_inside_a_hand_in_makes_nobody_else_of_its_student(
    pack: Callable, kind: str, before: str, tmp_path: Path, room: Classroom
) -> None:
    collect(laid_out(tmp_path / "1", {"ada/x.ipynb": work("ada"), "bo/x.ipynb": work("bo")}), room)
    if before == "alone and known":
        collect(laid_out(tmp_path / "2", {f"mallory/{NAME}.ipynb": work("old")}), room)
    later = NOON + timedelta(days=5)
    files = {n: METADATA.encode() if n.endswith("yml") else work("evil") for n in ONE_PERSONS[kind]}
    if before == "among others":
        files["zoe/x.ipynb"] = work("zoe")
    source = tmp_path / {laid_out: "in", zipped: "in.zip", tarred: "in.tar.gz"}[pack]
    pack(source, files, later)
    try:
        collect(source, room)
    except CourseError as error:
        assert before == "alone" and "Who handed in?" in str(error)
    assert taken(room)["ada", NAME] == work("ada")
    assert taken(room)["bo", NAME] == work("bo")
    assert {who for who, _ in taken(room)} <= {"ada", "bo", "mallory", "zoe"}
    if ("mallory", NAME) in taken(room):  # five days late, and that is not forgotten
        assert taken(room)["mallory", NAME] == work("evil")
        assert timestamp.read(room.submitted / "mallory" / NAME) == later


@pytest.mark.parametrize("inside", [n for ns in ONE_PERSONS.values() for n in ns if "yml" not in n])
def test_nor_does_a_name_inside_a_hand_in_of_the_exchange(
    inside: str, tmp_path: Path, room: Classroom
) -> None:
    inbound(tmp_path, "ada", "2026-10-12 10:00:00.000000 UTC", work("ada"))
    inbound(tmp_path, "mallory", "2026-10-17 10:00:00.000000 UTC", work("old"))
    place = next((tmp_path / "convbook" / "inbound").glob("mallory+*"))
    (place / FILE).unlink()
    laid_out(place, {inside.removeprefix("mallory/"): work("evil")})
    collect(tmp_path, room)
    assert taken(room) == {("ada", NAME): work("ada"), ("mallory", NAME): work("evil")}
    came = timestamp.read(room.submitted / "mallory" / NAME)
    assert came == datetime(2026, 10, 17, 10, tzinfo=NOON.tzinfo)


SCRATCH = {
    "one number twice": {"lab_2_2026_ada.ipynb": work("a"), "lab_2_2026_bo.ipynb": work("b")},
    "one owner, two names": {"a_7_1_x.ipynb": work("a"), "b_7_2_x.ipynb": work("b")},
    "beside folders": {"ada/x.ipynb": work("a"), "bo/x.ipynb": work("b"), "u_1_2_v.ipynb": work()},
    "beside files": {"ada.ipynb": work("a"), "bo.ipynb": work("b"), "u_1_2_v.ipynb": work()},
    "Moodle's beside folders": {
        "ada/x.ipynb": work("a"),
        "bo/x.ipynb": work("b"),
        "u_1_assignsubmission_file_x.ipynb": work(),
    },
}


@pytest.mark.parametrize("name", SCRATCH)
def test_scratch_names_make_nobody(name: str, tmp_path: Path, room: Classroom) -> None:
    outcomes = collect(zipped(tmp_path / "in.zip", SCRATCH[name]), room)
    assert {who for who, _ in taken(room)} <= {"ada", "bo"}
    left = [o for o in outcomes if o.status == SKIPPED]
    assert left and all(
        "put it into a folder that is named after the student" in o.why for o in left
    )


def test_what_is_not_named_as_the_rest_of_a_platform_is_left(
    tmp_path: Path, room: Classroom
) -> None:
    files = DOWNLOADS["Canvas's"] | {"eve.ipynb": work("eve")}
    *_, last = collect(zipped(tmp_path / "in.zip", files), room)
    assert last.status == SKIPPED and "is not named as all others of Canvas" in last.why
    assert {who for who, _ in taken(room)} == set(PEOPLE)


TWO_WAYS = {
    "tries or students": {"x/a.ipynb": work("a"), "x/b.ipynb": work("b")},
    "weeks or students": {"x/a/q.ipynb": work("a"), "x/b/q.ipynb": work("b", "03_backprop")},
    "groups or drafts": {
        f"{group}/{who}/{FILE}": work(who) for group in ("x", "y") for who in PEOPLE
    },
}


@pytest.mark.parametrize("case", TWO_WAYS)
def test_what_can_be_read_in_two_ways_is_asked(case: str, tmp_path: Path, room: Classroom) -> None:
    source = zipped(tmp_path / "in.zip", TWO_WAYS[case])
    with pytest.raises(CourseError, match=r"in two ways.*students\.csv, or run this in a terminal"):
        collect(source, room)
    assert taken(room) == {} and not (room.results / roster.FILE).exists()


@pytest.mark.parametrize("case", TWO_WAYS)
@pytest.mark.parametrize("answer", [0, 1])
def test_the_answer_counts(answer: int, case: str, tmp_path: Path, room: Classroom) -> None:
    asked = []

    def ask(question: str, answers: list[str]) -> int:
        asked.append(answers)
        return answer

    source = zipped(tmp_path / "in.zip", TWO_WAYS[case])
    list(take.collect(source, room.submitted, room.results, ask))
    people = {who for who, _ in taken(room)}
    assert len(asked) == 1
    assert people <= {"x", "y"} if answer == 0 else people <= {"a", "b", *PEOPLE}


@pytest.mark.parametrize("inside", ["{}/" + FILE, "{}/x.ipynb", "deep/{}/x.ipynb"])
def test_a_folder_that_may_hold_several_is_not_made_one_student(
    inside: str, tmp_path: Path, room: Classroom
) -> None:
    """And costs those beside it nothing."""
    files = {f"group/{inside.format(who)}": work(who) for who in PEOPLE} | {"zoe.ipynb": work()}
    for pack, name in ((laid_out, "in"), (zipped, "in.zip"), (tarred, "in.tar.gz")):
        outcomes = collect(pack(tmp_path / name, files), room)
        assert set(taken(room)) == {("zoe", NAME)}
        assert sum("holds one lesson in several folders" in o.why for o in outcomes) == 3
    (room.results / roster.FILE).write_text("student,name\ngroup,Group\n")
    collect(tmp_path / "in", room)
    assert {who for who, _ in taken(room)} == {"group", "zoe"}


def test_who_is_known_settles_it(tmp_path: Path, room: Classroom) -> None:
    room.results.mkdir()
    (room.results / roster.FILE).write_text("student,name\nx,X\n")
    collect(zipped(tmp_path / "in.zip", TWO_WAYS["weeks or students"]), room)
    assert {who for who, _ in taken(room)} == {"x"} and len(taken(room)) == 2


def test_the_command_says_what_it_took_a_download_for(
    tmp_path: Path, room: Classroom, capsys: pytest.CaptureFixture[str]
) -> None:
    source = zipped(tmp_path / "in.zip", DOWNLOADS["Moodle's"])
    assert cli.main(["collect", str(source), "--class", str(room.results)]) == 0
    assert f"{source} is taken for Moodle's download: 3 people" in capsys.readouterr().out


def test_names_in_utf_8_that_a_zip_does_not_say_are_read(tmp_path: Path, room: Classroom) -> None:
    name = "Zoë Müller_1_assignsubmission_file_/x.ipynb"
    path = zipped(tmp_path / "in.zip", {name: work()})
    content = bytearray(path.read_bytes())
    for mark, place in ((b"PK\x01\x02", 9), (b"PK\x03\x04", 7)):
        content[content.index(mark) + place] &= ~0x08  # the flag that says UTF-8
    path.write_bytes(content)
    collect(path, room)
    assert [s.name for s in roster.read(room.results).all()] == ["Zoë Müller"]


PARTS = st.sampled_from(
    [
        *("ada", "bo", "cleo", "mallory", "submitted", "submissions", "deep", NAME, "03_backprop"),
        *("ada_1_assignsubmission_file_", "ada_1_2_x", "submission_11", "week 2", ".git", "ada-x"),
        f"ada+{NAME}+2026-10-12 10:00:00.0 UTC+x",
    ]
)
FILES = st.sampled_from(
    [
        *(FILE, "x.ipynb", "ada.ipynb", "ada.zip", "ada_1_2_x.ipynb", "bo_2_3_y.ipynb"),
        *("ada_1_assignsubmission_file_x.ipynb", "bo_2_assignsubmission_file_x.zip"),
        *("submission_metadata.yml", "students.csv", "timestamp.txt"),
    ]
)
INSIDE = st.lists(st.tuples(st.lists(PARTS, max_size=4), FILES), min_size=1, max_size=8)
MOODLES = "{}_{}_assignsubmission_file_/"
EXCHANGES = f"{{}}+{NAME}+2026-10-12 10:00:00.0 UTC+x/"
# Whole downloads: ada's file, bo's file, and the folder in which mallory has her way.
WHOLES = {
    "folders": ("ada/x.ipynb", "bo/x.ipynb", "mallory/"),
    "a lesson's folders": (f"{NAME}/ada/x.ipynb", f"{NAME}/bo/x.ipynb", f"{NAME}/mallory/"),
    "nbgrader's": (
        f"submitted/ada/{NAME}/{FILE}",
        f"submitted/bo/{NAME}/{FILE}",
        "submitted/mallory/",
    ),
    "Moodle's": (
        f"{MOODLES.format('ada', 1)}x.ipynb",
        f"{MOODLES.format('bo', 2)}x.ipynb",
        MOODLES.format("mallory", 3),
    ),
    "the exchange": (
        f"{EXCHANGES.format('ada')}{FILE}",
        f"{EXCHANGES.format('bo')}{FILE}",
        EXCHANGES.format("mallory"),
    ),
    "Gradescope's": ("submission_1/x.ipynb", "submission_2/x.ipynb", "submission_3/"),
}
METADATA_OF_THREE = "\n".join(
    f"submission_{n}:\n  :submitters:\n  - :name: {who}" for n, who in enumerate(WHO, start=1)
)


@pytest.mark.parametrize("around", ["", "handins/", "a/b/"])
@pytest.mark.parametrize("kind", WHOLES)
def test_nothing_inside_a_hand_in_changes_whose_the_others_are(kind: str, around: str) -> None:
    ada, bo, mallory = (f"{around}{name}" for name in WHOLES[kind])

    @settings(deadline=None, max_examples=100)
    @given(INSIDE, st.booleans())
    def run(inside: list[tuple[list[str], str]], known: bool) -> None:
        evil = {f"{mallory}{'/'.join([*folders, name])}" for folders, name in inside}
        names = [ada, bo, *sorted(evil)]
        if kind == "Gradescope's":
            names.append(f"{around}submission_metadata.yml")
        files = {number: PurePosixPath(name).parts for number, name in enumerate(names)}
        members = [Member(PurePosixPath(name), None, "", bytes) for name in names]
        work = [number for number, member in enumerate(members) if is_work(member)]
        held = {number: {NAME} for number in work}  # the worst: all of one lesson
        download = Download(
            "in",
            list(lessons()),
            lambda name: known and name in WHO,
            lambda number: METADATA_OF_THREE.encode(),
            lambda: held,
        )
        labels = layout(files, work, download).labels
        assert [one.name for one in labels[0] + labels[1]] == ["ada", "bo"]
        assert not any(one.problem for one in labels[0] + labels[1])
        assert {one.name for number in work[2:] for one in labels[number]} <= {"mallory"}

    run()


def test_what_a_platform_made_itself_is_nobodys_work(tmp_path: Path, room: Classroom) -> None:
    files = {"submission_metadata.yml": METADATA.encode(), "submission_11/x.ipynb": work("a")}
    (outcome,) = collect(zipped(tmp_path / "in.zip", files), room)
    assert outcome.status == TAKEN
