"""What collect keeps for the way back: a platform's names, and nbgrader's secrets."""

from pathlib import Path

import pytest
from hand_ins import FILE, NAME, collect, inbound, laid_out, work, zipped

from autograder.classroom.room import Classroom, class_at
from autograder.handin import given, secret, take
from autograder.handin.take import OLDER, SAME

WHEN = "2026-10-12 21:58:03.120000 UTC"


@pytest.fixture
def room(tmp_path: Path) -> Classroom:
    return class_at(tmp_path / "class")


def test_canvass_names_are_kept_as_they_are(room: Classroom, tmp_path: Path) -> None:
    names = [
        "lovelaceada_4711_90001_02_convolution.ipynb",
        "weißzoë_LATE_4712_90002_my  work-2.ipynb",
        "李小龙_4713_90003_02_convolution.ipynb",
    ]
    files = {f"all of it/submissions/{name}": work(name) for name in names}
    collect(zipped(tmp_path / "all.zip", files), room)
    found = given.read(room.results)["canvas"][NAME]
    assert sorted(found.values()) == sorted(names)
    assert found["lovelaceada"].startswith("lovelaceada_") and "weisszoe" in found


def test_hidden_names_and_moodles_are_kept(room: Classroom, tmp_path: Path) -> None:
    hidden = ["anon_x7dR2_90001_work.ipynb", "LATE_anon_Qq2_90002_work.ipynb"]
    collect(zipped(tmp_path / "c.zip", {name: work(name) for name in hidden}), room)
    blind = [
        "Participant 811_811_assignsubmission_file",
        "Participant 812_812_assignsubmission_file_",
    ]
    collect(zipped(tmp_path / "m.zip", {f"{n}/{FILE}": work(n) for n in blind}), room)
    found = given.read(room.results)
    assert sorted(found["canvas"][NAME].values()) == sorted(hidden)
    assert sorted(found["moodle"][NAME].values()) == blind


def test_of_two_tries_the_name_of_the_newer_is_kept(room: Classroom, tmp_path: Path) -> None:
    first, second = (f"lovelaceada_4711_{number}_work.ipynb" for number in (90001, 90007))
    others = {"derekbo_4712_90002_x.ipynb": work("bo")}
    both = {second: work("second"), first: work("first")}
    collect(zipped(tmp_path / "a.zip", both | others), room)
    assert given.read(room.results)["canvas"][NAME]["lovelaceada"] == second
    outcomes = collect(laid_out(tmp_path / "byhand", {f"lovelaceada/{FILE}": work("z")}), room)
    assert [outcome.status for outcome in outcomes] == [OLDER]
    later = {"lovelaceada_4711_90009_work.ipynb": work("second")}
    outcomes = collect(zipped(tmp_path / "b.zip", later | others), room)
    assert [outcome.status for outcome in outcomes] == [SAME, SAME]
    assert given.read(room.results)["canvas"][NAME]["lovelaceada"] == next(iter(later))


def test_what_was_taken_before_a_stop_has_its_name(room: Classroom, tmp_path: Path) -> None:
    names = [f"last{who}_47{who}_9000{who}_work.ipynb" for who in "123"]
    source = zipped(tmp_path / "a.zip", {name: work(name) for name in names})
    stopped = take.collect(source, room.submitted, room.results)
    next(stopped), next(stopped)
    stopped.close()
    assert list(given.read(room.results)["canvas"][NAME].values()) == names[:2]


def test_a_folder_has_no_names_of_a_platform(room: Classroom, tmp_path: Path) -> None:
    collect(laid_out(tmp_path / "byhand", {f"ada/{FILE}": work(), f"bo/{FILE}": work("x")}), room)
    assert not (room.results / given.FILE).exists()


def test_the_secret_of_what_counts_is_kept(room: Classroom, tmp_path: Path) -> None:
    inbound(tmp_path / "x", "ada", WHEN, work("first"))
    collect(tmp_path / "x", room)
    assert secret.read(room.submitted / "ada" / NAME, room.submitted) == b"x"
    inbound(tmp_path / "x", "ada", "2026-10-13 21:58:03.120000 UTC", work("second"), "+bmV3")
    (new,) = (tmp_path / "x").rglob("*bmV3/submission_secret.txt")
    new.write_bytes(b"later")
    collect(tmp_path / "x", room)
    assert secret.read(room.submitted / "ada" / NAME, room.submitted) == b"later"


@pytest.mark.parametrize(
    "content", [b"", b"two\nlines", b"\xff\xfe", b"a" * 257, "ä".encode(), None]
)
def test_what_is_no_secret_is_not_kept(
    content: bytes | None, room: Classroom, tmp_path: Path
) -> None:
    """One that nbgrader cannot read would stop its release for the whole class."""
    inbound(tmp_path / "x", "ada", WHEN, work())
    (path,) = (tmp_path / "x").rglob("submission_secret.txt")
    path.unlink()
    if content is None:
        path.symlink_to("/etc/hostname")
    else:
        path.write_bytes(content)
    collect(tmp_path / "x", room)
    assert (room.submitted / "ada" / NAME / FILE).exists()
    assert not (room.submitted / "ada" / NAME / secret.FILE).exists()
