"""The way back: a download of each platform, collected and graded, and pages under its names."""

import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
import sample_class
from machine import SANDBOX

from autograder import cli, course
from autograder.classroom.room import Classroom, class_at
from autograder.course import lessons
from autograder.handin import given

LESSON = "02_convolution"
POLICY = "percent_per_day = 10\n[deadlines]\n02_convolution = 2026-10-12T22:00:00Z\n"
CANVAS = {
    "lovelaceada_4711_90001_02_convolution-2.ipynb": "ada",
    "derekbo_LATE_4712_90002_link to my work_link.ipynb": "gus",
    "müllerzoë_4713_90003_work.zip": "dora",
}
MOODLE = {
    "Ada Lovelace_811_assignsubmission_file/work.ipynb": "ada",  # since 4.1
    "Team 1-Bo Derek_812_assignsubmission_file_/my/02_convolution.ipynb": "gus",
    "Zoë Müller_813_assignsubmission_file_02_convolution.ipynb": "dora",  # before 3.1
}


@cache
def content(student: str) -> bytes:
    return sample_class.STUDENTS[student](lessons()[LESSON], student).encode()


def download(path: Path, files: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w") as packed:
        for name, student in files.items():
            one = content(student)
            if name.endswith(".zip"):
                inner = io.BytesIO()
                with zipfile.ZipFile(inner, "w") as file:
                    file.writestr("convolution.ipynb", one)
                one = inner.getvalue()
            packed.writestr(name, one)
    return path


def run(room: Classroom, *words: str) -> int:
    return cli.main([*words, "--class", str(room.results)])


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return a class that was collected from one platform's download, and somebody by hand."""

    @cache
    def made(platform: str) -> Path:
        place = tmp_path_factory.mktemp(platform)
        room = class_at(place / "class")
        room.results.mkdir()
        (room.results / "policy.toml").write_text(POLICY)
        names = {"canvas": CANVAS, "moodle": MOODLE}.get(platform, {})
        if names:
            assert run(room, "collect", str(download(place / "all.zip", names))) == 0
        byhand = place / "byhand"
        sample_class.hand_in(byhand, "hana")
        assert run(room, "collect", str(byhand)) == 0
        assert run(room, "grade", "--sandbox", SANDBOX) == 0
        return room.results

    return made


@pytest.fixture
def opened(graded: Callable[[str], Path], tmp_path: Path) -> Callable[[str], Classroom]:
    return lambda name: class_at(shutil.copytree(graded(name), tmp_path / "class"))


def pages(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as packed:
        return {name: packed.read(name).decode() for name in packed.namelist()}


def total(page: str) -> str:
    found = re.search(r"<strong>(\d+) of \d+", page)
    assert found
    return found[1]


TOTALS = {s: f"{sample_class.SCORES[LESSON][s]:g}" for s in ("ada", "gus", "dora", "hana")}


def test_canvas_gets_each_page_under_the_name_of_its_file(
    opened: Callable[[str], Classroom], capsys: pytest.CaptureFixture[str]
) -> None:
    room = opened("canvas")
    assert run(room, "late", "derekbo", LESSON, "--came", "2026-10-13T23:00Z") == 0
    capsys.readouterr()
    assert run(room, "return", "--to", "canvas") == 0
    path = room.results / "return" / f"{LESSON}-canvas.zip"
    out = capsys.readouterr().out.splitlines()
    assert out == [
        f"wrote {path}: 3 pages of {LESSON}",
        f"{LESSON}: no name of canvas is known of 1: hana",
    ]
    found = pages(path)
    # Canvas takes no file of which the last part begins with "link".
    assert set(found) == {
        "lovelaceada_4711_90001_02_convolution-2.html",
        f"derekbo_LATE_4712_90002_link to my work_link_{LESSON}.html",
        "müllerzoë_4713_90003_work.html",
    }
    for given_, student in CANVAS.items():
        numbers = re.findall(r"(?<=_)\d+(?=_)", given_)[:2]
        (mine,) = (name for name in found if f"_{'_'.join(numbers)}_" in name)
        assert total(found[mine]) == TOTALS[student]
        # As Canvas reads it: the first two numbers, once LATE is taken out.
        parts = [part for part in mine.split("_") if part != "LATE"]
        assert [part for part in parts if part.isdigit()][:2] == numbers
        assert not parts[-1].startswith("link")
    late = found[f"derekbo_LATE_4712_90002_link to my work_link_{LESSON}.html"]
    assert "2 days late: came 2026-10-13 23:00 UTC" in late
    assert "Less 4.4 for lateness: 0." in late


def test_moodle_gets_a_folder_for_each_as_it_named_them(
    opened: Callable[[str], Classroom], capsys: pytest.CaptureFixture[str]
) -> None:
    room = opened("moodle")
    assert run(room, "return", LESSON, "--to", "moodle") == 0
    found = pages(room.results / "return" / f"{LESSON}-moodle.zip")
    assert {name: total(page) for name, page in found.items()} == {
        f"Ada Lovelace_811_assignsubmission_file/{LESSON}.html": TOTALS["ada"],
        f"Team 1-Bo Derek_812_assignsubmission_file_/{LESSON}.html": TOTALS["gus"],
        f"Zoë Müller_813_assignsubmission_file_/{LESSON}.html": TOTALS["dora"],
    }
    assert "no name of moodle is known of 1: hana" in capsys.readouterr().out


def test_a_folder_a_person_has_everybody(
    opened: Callable[[str], Classroom], capsys: pytest.CaptureFixture[str]
) -> None:
    room = opened("moodle")
    assert run(room, "return", "--to", "folder") == 0
    place = room.results / "return" / "folder"
    assert f"wrote {place}: 4 pages of {LESSON}\n" in capsys.readouterr().out
    found = {p.parent.name: total(p.read_text("utf-8")) for p in place.glob(f"*/{LESSON}.html")}
    assert found == {
        "Ada_Lovelace": TOTALS["ada"],
        "Team_1-Bo_Derek": TOTALS["gus"],
        "Zoe_Muller": TOTALS["dora"],
        "hana": TOTALS["hana"],
    }
    assert sorted(p.name for p in place.rglob("*") if p.is_file()) == [f"{LESSON}.html"] * 4


def test_a_download_that_is_collected_again_gives_the_names_that_were_not_known(
    opened: Callable[[str], Classroom],
    graded: Callable[[str], Path],
    capsys: pytest.CaptureFixture[str],
) -> None:
    room = opened("canvas")
    (room.results / given.FILE).unlink()
    assert run(room, "return", "--to", "canvas") == 2
    assert "collect its download, and run this once more" in capsys.readouterr().err
    assert not (room.results / "return" / f"{LESSON}-canvas.zip").exists()
    assert run(room, "collect", str(graded("canvas").parent / "all.zip")) == 0
    assert run(room, "return", "--to", "canvas") == 0
    assert len(pages(room.results / "return" / f"{LESSON}-canvas.zip")) == 3


def test_a_new_try_goes_back_to_its_own_file(
    opened: Callable[[str], Classroom], tmp_path: Path
) -> None:
    room = opened("canvas")
    again = {"lovelaceada_4711_90077_02_convolution-3.ipynb": "bao"}
    new = download(tmp_path / "new.zip", again | {"derekbo_4712_90002_x.ipynb": "gus"})
    assert run(room, "collect", str(new)) == 0
    assert run(room, "grade", "--sandbox", SANDBOX) == 0
    assert run(room, "return", "--to", "canvas") == 0
    found = pages(room.results / "return" / f"{LESSON}-canvas.zip")
    assert "lovelaceada_4711_90077_02_convolution-3.html" in found
    assert not [name for name in found if "90001" in name]


def test_nobody_gets_the_page_of_somebody_else(
    opened: Callable[[str], Classroom], capsys: pytest.CaptureFixture[str]
) -> None:
    """Two of one name, however that came about, get none."""
    room = opened("canvas")
    names = json.loads((room.results / given.FILE).read_text())
    names["canvas"][LESSON]["hana"] = "lovelaceada_4711_90001_02_convolution-2.ipynb"
    (room.results / given.FILE).write_text(json.dumps(names))
    assert run(room, "return", "--to", "canvas") == 0
    assert "no name of canvas is known of 2: hana, lovelaceada" in capsys.readouterr().out
    assert len(pages(room.results / "return" / f"{LESSON}-canvas.zip")) == 2


@pytest.mark.parametrize("name", ["a/../../b_1_2_x.ipynb", "..\\b_1_2_x.ipynb", "a\u202e_1_2_x\n"])
def test_no_name_leads_out_of_the_zip(name: str, opened: Callable[[str], Classroom]) -> None:
    room = opened("canvas")
    (room.results / given.FILE).write_text(json.dumps({"canvas": {LESSON: {"hana": name}}}))
    assert run(room, "return", "--to", "canvas") == 0
    (only,) = pages(room.results / "return" / f"{LESSON}-canvas.zip")
    assert "/" not in only and "\\" not in only and only.isprintable()


def test_a_page_that_cannot_be_made_is_not_packed_and_said(
    opened: Callable[[str], Classroom], capsys: pytest.CaptureFixture[str]
) -> None:
    room = opened("canvas")
    time = room.submitted / "lovelaceada" / LESSON / "timestamp.txt"
    time.write_text("yesterday")
    assert run(room, "return", "--to", "canvas") == 1
    assert "'yesterday' is no time" in capsys.readouterr().out
    assert len(pages(room.results / "return" / f"{LESSON}-canvas.zip")) == 2


@pytest.mark.parametrize("content", ["[]", '{"canvas": []}', '{"canvas": {"x": 3}}', "{", "\0", ""])
def test_names_that_cannot_be_read_are_one_line(
    content: str, opened: Callable[[str], Classroom], capsys: pytest.CaptureFixture[str]
) -> None:
    room = opened("canvas")
    (room.results / given.FILE).write_text(content)
    capsys.readouterr()
    assert run(room, "return", "--to", "canvas") == 2
    err = capsys.readouterr().err
    assert "given.json: cannot be read" in err and "take it away, and collect again" in err
    assert err.count("\n") == 1


def nbgrader(folder: Path, checkout: Path, *command: str) -> subprocess.CompletedProcess[str]:
    folder.mkdir(exist_ok=True)
    return subprocess.run(
        [sys.executable, "-m", "nbgrader", *command],
        cwd=folder,
        env=os.environ | {"HOME": str(folder), "CONVBOOK_COURSE": str(checkout)},
        capture_output=True,
        text=True,
    )


@pytest.mark.long
def test_nbgrader_releases_and_fetches_feedback_of_a_class_of_any_source(
    graded: Callable[[str], Path], tmp_path: Path
) -> None:
    """One student handed in through nbgrader, and finds the page; the others came from Canvas."""
    checkout = tmp_path / "course"
    shutil.copytree(course.root() / "solutions" / LESSON, checkout / "solutions" / LESSON)
    shutil.copy(course.root() / "nbgrader_config.py", checkout)
    shutil.copytree(graded("canvas"), checkout / "class")
    room, student = class_at(checkout / "class"), tmp_path / "fay"
    shutil.copytree(course.root() / "notebooks" / LESSON, checkout / "notebooks" / LESSON)
    assert nbgrader(checkout, checkout, "release_assignment", LESSON).returncode == 0
    where = [f"--Exchange.root={room.results / 'exchange'}", "--course=convbook"]
    assert nbgrader(student, checkout, "fetch_assignment", LESSON, *where).returncode == 0
    (student / LESSON / f"{LESSON}.ipynb").write_bytes(content("fay"))
    where.append("--student=fay")
    done = nbgrader(student, checkout, "submit", LESSON, *where)
    assert done.returncode == 0, done.stderr
    assert run(room, "collect", str(room.results / "exchange")) == 0
    assert run(room, "grade", "--sandbox", SANDBOX) == 0
    done = nbgrader(checkout, checkout, "release_feedback", LESSON)
    assert done.returncode == 0, done.stderr
    assert len(list((room.results / "exchange" / "convbook" / "feedback").glob("*.html"))) == 5
    done = nbgrader(student, checkout, "fetch_feedback", LESSON, *where)
    assert done.returncode == 0, done.stderr
    (page,) = student.glob(f"{LESSON}/feedback/*/{LESSON}.html")
    assert total(page.read_text(encoding="utf-8")) == "19"
    # The same after nbgrader's own command has written the pages.
    done = nbgrader(checkout, checkout, "generate_feedback", LESSON, "--force")
    assert done.returncode == 0, done.stderr
    page.unlink()
    assert nbgrader(checkout, checkout, "release_feedback", LESSON).returncode == 0
    assert nbgrader(student, checkout, "fetch_feedback", LESSON, *where).returncode == 0
    assert total(page.read_text(encoding="utf-8")) == "19"
