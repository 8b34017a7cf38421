"""Gradescope's zip, its tries for a day, and what goes wrong in its container."""

import io
import json
import os
import shutil
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import container
import jsonschema
import pytest
import schemas
from layouts import unpack
from machine import needs

from autograder.bundles import gradescope, pack
from autograder.bundles.work import Work
from autograder.course import CourseError, lessons

LESSON = "02_convolution"
NOW = datetime(2026, 10, 12, 12, 0, tzinfo=UTC)


def earlier(hours: float, score: float, graded: Any = True) -> dict[str, Any]:
    tests = [{"name": "check-a", "score": score, "max_score": 2.0, "visibility": "after_published"}]
    results = {"tests": tests, "output": "old", "extra_data": {"graded": graded}}
    when = (NOW - timedelta(hours=hours)).astimezone().isoformat()
    return {"submission_time": when, "score": score, "results": results}


def limited(folder: Path, previous: Any, tries: int = 2) -> tuple[dict[str, Any] | None, str]:
    path = folder / gradescope.METADATA
    found = {"created_at": NOW.isoformat(), "previous_submissions": previous}
    path.write_text(json.dumps(found))
    return gradescope._limited(path, tries)


def test_the_first_tries_of_a_day_are_graded(tmp_path: Path) -> None:
    assert limited(tmp_path, []) == (None, "1 more of 2 tries can be graded within 24 hours.")
    results, said = limited(tmp_path, [earlier(1, 1.0)])
    assert results is None and said.startswith("0 more of 2")
    assert limited(tmp_path, [earlier(25, 1.0), earlier(24.1, 1.0)])[0] is None


def test_then_the_last_result_counts_on(tmp_path: Path) -> None:
    previous = [earlier(1, 2.0), earlier(3, 1.0), earlier(0.5, 0.0, graded=False)]
    results, _ = limited(tmp_path, previous)
    assert results is not None
    jsonschema.validate(results, schemas.GRADESCOPE)
    assert [test["score"] for test in results["tests"]] == [2.0]
    assert "2 tries were graded within 24 hours" in results["output"]
    assert "after 2026-10-13 09:00" in results["output"] or "2026-10-13" in results["output"]
    assert results["extra_data"] == {"graded": False}  # a refused try is none that counts


def test_what_could_not_be_read_is_no_try() -> None:
    unreadable = Work(LESSON, "", (), ("no notebook",), readable=False)
    assert gradescope.of(unreadable)["extra_data"]["graded"] is False
    assert gradescope.of(Work(LESSON, "user", (), ()))["extra_data"]["graded"] is True


@needs("g++")
def test_setup_asks_for_packages_where_a_tool_is_missing(tmp_path: Path) -> None:
    """The PATH has what the lesson needs but for one tool; apt-get only says that it was called."""
    content = pack.gradescope(lessons()["13_kernels"])
    setup = zipfile.ZipFile(io.BytesIO(content)).read("setup.sh").decode()
    asked = setup[: setup.index("python3 -m venv")].replace("cd ", "true ")
    for missing in ("", "g++", "python3"):
        folder = tmp_path / f"without-{missing}"
        folder.mkdir()
        tools = {name: shutil.which(name) or name for name in ("g++", "dirname")}
        tools["python3"] = os.path.realpath(sys.executable)
        for tool in tools.keys() - {missing}:
            (folder / tool).symlink_to(tools[tool])
        (folder / "apt-get").write_text("#!/bin/sh\necho apt-get $1\n")
        (folder / "apt-get").chmod(0o755)
        done = subprocess.run(
            ["/bin/bash", "-c", asked], env={"PATH": str(folder)}, capture_output=True, text=True
        )
        said = ["apt-get update", "apt-get install"] if missing else []
        assert (done.returncode, done.stdout.split("\n")[:-1]) == (0, said), done.stderr


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{}", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b'{"created_at": 5}',
        b'{"created_at": "0001-01-01T00:00:00+23:00", "previous_submissions": [{"submission_time":'
        b' "9999-12-31T23:59:59-23:00", "results": {"tests": [{"score": NaN}], "extra_data":'
        b' {"graded": true}}}]}',
        b'{"created_at": "2026-10-12", "previous_submissions": []}',
        b'{"created_at": "2026-10-12T12:00:00Z", "previous_submissions": 7}',
        b'{"created_at": "2026-10-12T12:00:00Z", "previous_submissions": [1, null]}',
        b'{"created_at": "2026-10-12T12:00:00Z", "previous_submissions": [{"results":'
        b' {"extra_data": {"graded": true}}, "submission_time": "\\u202e"}]}',
    ],
)  # fmt: skip
def test_any_bytes_of_the_platform_are_one_line_and_the_hand_in_is_graded(
    content: bytes, tmp_path: Path
) -> None:
    path = tmp_path / gradescope.METADATA
    path.write_bytes(content)
    results, said = gradescope._limited(path, 1)
    assert results is None and said.startswith("Tries were not counted") and "\n" not in said
    path.unlink()
    assert gradescope._limited(path, 1)[0] is None


@pytest.mark.parametrize("results", [{"tests": 5}, {"tests": [1]}, {"score": "much"}, {}])
def test_earlier_results_that_are_none_do_not_count(results: Any, tmp_path: Path) -> None:
    one = earlier(1, 1.0)
    one["results"] = results | {"extra_data": {"graded": True}}
    found, said = limited(tmp_path, [one], tries=1)
    assert found is None and said.startswith("Tries were not counted")


def test_the_zip_has_this_lesson_and_no_other(bundle: bytes) -> None:
    archive = zipfile.ZipFile(io.BytesIO(bundle))
    names = archive.namelist()
    assert [n for n in names if n.startswith("course/solutions/")] == [
        f"course/solutions/{LESSON}/{LESSON}.ipynb"
    ]
    assert [n for n in names if "/mistakes/m" in n] == ["course/autograder/mistakes/m02.py"]
    for script in ("setup.sh", "run_autograder"):
        entry = archive.getinfo(script)
        assert entry.external_attr >> 16 & stat.S_IXUSR
        assert archive.read(script).startswith(b"#!/usr/bin/env bash\n")
    assert "--tries-per-day 2" in archive.read("run_autograder").decode()
    lock = archive.read("requirements.lock").decode()
    assert "numpy==" in lock and "jupyterlab==" not in lock and "://" not in lock
    assert lock.count("==") <= lock.count("--hash=")
    assert pack.gradescope(lessons()[LESSON], 2) == bundle


def test_every_lesson_can_be_packed() -> None:
    for lesson in lessons().values():
        archive = zipfile.ZipFile(io.BytesIO(pack.gradescope(lesson)))
        needs_gpp = "g++" in archive.read("setup.sh").decode()
        assert needs_gpp == any("cuda" in source for source in lesson.given)
        assert needs_gpp or lesson.name != "13_kernels"
        assert f"course/solutions/{lesson.name}/{lesson.name}.ipynb" in archive.namelist()
        assert "--tries-per-day" not in archive.read("run_autograder").decode()


def test_a_course_without_its_lock_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "solutions").mkdir()
    monkeypatch.setenv("CONVBOOK_COURSE", str(tmp_path))
    with pytest.raises(CourseError, match="is not there"):
        pack.locked(("numpy",))
    (tmp_path / "requirements.lock").write_text("numpy==1 \\\n    --hash=sha256:00\n")
    assert pack.locked(("numpy",)).startswith("numpy==1")
    with pytest.raises(CourseError, match="lacks msgpack"):
        pack.locked(("numpy", "msgpack"))


@pytest.mark.long
def test_in_the_container_tries_are_counted_and_nothing_is_read(
    platform: Any, written: Callable[[str], bytes]
) -> None:
    here = platform("gradescope")
    metadata = here.submission.parent / gradescope.METADATA
    found = {"created_at": NOW.isoformat(), "previous_submissions": [earlier(1, 0.5, True)] * 2}
    metadata.write_text(json.dumps(found))
    assert here.grade(written("ada"))["tests"][0]["score"] == 0.5
    metadata.write_text(json.dumps(found | {"previous_submissions": []}))
    spy = written("ada").decode()
    cells = json.loads(spy)
    look = (
        "import os\nfor p in ['/autograder/source', '/autograder/results/results.json',"
        " '/autograder/submission_metadata.json', '/autograder/source/course/solutions']:\n"
        "    for f in (os.listdir, open, os.chdir):\n"
        "        try: f(p); raise SystemError('got at ' + p)\n"
        "        except OSError: pass\n"
    )
    for cell in cells["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "correlate1d":
            cell["source"] = [look + "".join(cell["source"])]
    results = here.grade(json.dumps(cells).encode())
    assert sum(test.get("score", 0) for test in results["tests"]) == 20.0
    assert "got at" not in json.dumps(results)


@pytest.mark.long
def test_where_the_container_is_at_fault_nobody_gets_a_zero(
    platform: Any, written: Callable[[str], bytes]
) -> None:
    here = platform("gradescope")
    (here.submission / f"{LESSON}.ipynb").write_bytes(written("ada"))
    program = ["setpriv", "--reuid", "1000", "--clear-groups", *here.program]
    done = container.run(here.layout, *program)
    assert done.returncode == 1 and not here.results.exists()


@pytest.mark.long
def test_a_module_that_nothing_has_loaded_before_is_read(platform: Any) -> None:
    """The files of the course are closed in the container; a student's copy must not be."""
    here = platform("gradescope")
    content = pack.gradescope(lessons()["04_im2col"])
    unpack(content, here.layout / "autograder" / "source")
    done = container.run(here.layout, "/autograder/run_autograder", "try", "04_im2col")
    assert done.returncode == 0, done.stderr


@pytest.mark.long
def test_the_image_is_not_made_where_the_solution_does_not_pass(platform: Any) -> None:
    here = platform("gradescope")
    run = ["/autograder/run_autograder", "try", LESSON]
    assert container.run(here.layout, *run).returncode == 0
    path = here.layout / "autograder/source/course/solutions" / LESSON / f"{LESSON}.ipynb"
    path.write_text(path.read_text().replace("def correlate1d", "def correlate_1d"))
    done = container.run(here.layout, *run)
    assert done.returncode == 1 and "does not get every point" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def command(*words: str) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-m", "autograder.cli", "bundle", "gradescope", *words]
    return subprocess.run(program, capture_output=True, text=True)


def test_the_command_writes_the_zip(tmp_path: Path, bundle: bytes) -> None:
    path = tmp_path / "new" / "02.zip"
    done = command(LESSON, "-o", str(path), "--tries-per-day", "2")
    assert done.returncode == 0 and "for the platform alone" in done.stdout
    assert path.read_bytes() == bundle


def test_the_command_says_in_a_line_what_is_wrong(tmp_path: Path) -> None:
    done = command("13_nothing", "-o", str(tmp_path / "a.zip"))
    assert done.returncode == 2 and "no lesson 13_nothing" in done.stderr
    (tmp_path / "file").touch()
    done = command(LESSON, "-o", str(tmp_path / "file" / "a.zip"))
    assert done.returncode == 2 and len(done.stderr.splitlines()) == 1
    done = command(LESSON, "-o", str(tmp_path / "a.zip"), "--tries-per-day", "0")
    assert done.returncode == 2 and "a whole number from 1 on" in done.stderr
