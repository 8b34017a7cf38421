"""A course is given out, installed without its makers' files, worked in, handed in and graded.

Students' environments are made without a network: packages are those of this environment, but
convbook comes from the wheel that was given out, and the grader is not there.
"""

import base64
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import urllib.request
import venv
from pathlib import Path

import nbformat
import pytest
import sample_class
from cells import named
from machine import SANDBOX, needs
from server import serving

from autograder import cli
from autograder.course import lessons
from autograder.handin import submission
from autograder.plan import FILE
from autograder.release import scan
from autograder.release.run import release as release_of
from convbook.handout import first

LESSON = "02_convolution"
NOTEBOOK = Path("notebooks") / LESSON / f"{LESSON}.ipynb"
PACKAGES = sysconfig.get_paths()["purelib"]
SECONDS = 600

pytestmark = pytest.mark.long


def environment(folder: Path) -> Path:
    """Make a virtual environment with this one's packages but the course; return its Python."""
    venv.create(folder / ".venv", symlinks=True)
    site = next((folder / ".venv").rglob("site-packages"))
    (site / "others.pth").write_text(PACKAGES)  # .pth files there, such as our own, are not read
    return folder / ".venv" / "bin" / "python"


def run(*command: object, cwd: Path, **env: str) -> str:
    """Run a command as a student does; return what it prints."""
    kept = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "CONVBOOK_COURSE")}
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=kept | {"HOME": str(cwd), "PYTHONNOUSERSITE": "1"} | env,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that one command made; for a student it is elsewhere."""
    place = tmp_path_factory.mktemp("release")
    assert cli.main(["release", "-o", str(place)]) == 0
    return place / "the-convnet-workbook"


@pytest.fixture
def course(released: Path, tmp_path: Path) -> Path:
    shutil.unpack_archive(released.with_suffix(".zip"), tmp_path)
    return tmp_path / released.name


def solve(path: Path) -> None:
    """Write every answer into a notebook, as an editor would."""
    cells = nbformat.read(path, as_version=4)
    for name, source in lessons()[LESSON].solutions.items():
        named(cells, name).source = sample_class.without_marks(source)
    sample_class.answer(cells)
    nbformat.write(cells, path)


def test_lesson_02_is_solved_handed_in_collected_and_graded(
    course: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    python = environment(course)
    (wheel,) = course.glob("*.whl")
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps"]
    run(*pip, "--no-index", wheel, cwd=course)
    convbook = python.with_name("convbook")
    where = run(python, "-c", "import convbook; print(convbook.__file__)", cwd=course)
    assert where.startswith(str(course / ".venv"))
    assert "the autograder is not installed here" in run(convbook, "doctor", cwd=course)

    solve(course / NOTEBOOK)
    assert "20 of 20 points" in run(convbook, "progress", cwd=course)
    said = run(convbook, "hand-in", NOTEBOOK, cwd=course)
    assert "20 of 20 points" in said

    (tmp_path / "hand-ins" / "ada").mkdir(parents=True)
    shutil.copy(course / "hand-in" / f"{LESSON}.zip", tmp_path / "hand-ins" / "ada")
    room = ["--class", str(tmp_path / "class")]
    assert cli.main(["collect", str(tmp_path / "hand-ins"), *room]) == 0
    assert cli.main(["grade", *room, "--sandbox", SANDBOX]) == 0
    assert "ada             20 / 20\n" in capsys.readouterr().out
    (taken,) = (tmp_path / "class" / "submitted" / "ada" / LESSON).glob(f"{LESSON}.*")
    assert submission.read(taken).notes == []


def test_where_convbook_is_missing_the_first_cell_installs_it(course: Path) -> None:
    """As `jupyter nbconvert --execute` runs a notebook; the wheel lies two folders above."""
    python = environment(course)
    convert = ["-m", "nbconvert", "--execute", "--allow-errors", "--inplace", "--to", "notebook"]
    solve(course / NOTEBOOK)
    run(python, *convert, NOTEBOOK, cwd=course)
    cells = nbformat.read(course / NOTEBOOK, as_version=4)
    outputs = [output for cell in cells.cells for output in cell.get("outputs", [])]
    assert [output for output in outputs if output.output_type == "error"] == []
    assert "Passed: 3 points." in str(named(cells, "check-correlate2d").outputs)
    assert next(cell for cell in cells.cells if cell.cell_type == "code").outputs == []
    assert next((course / ".venv").rglob("site-packages/convbook/shipped")).is_dir()


def test_without_a_wheel_above_it_takes_the_address_or_says_what_to_do(
    course: Path, tmp_path: Path
) -> None:
    python = environment(course)
    (wheel,) = course.glob("*.whl")
    alone = tmp_path / "alone"
    alone.mkdir()
    done = subprocess.run([python, "-c", first.text()], cwd=alone, capture_output=True, text=True)
    assert "put convbook-...whl of the course beside this notebook" in done.stderr.splitlines()[-1]
    code = (
        first.text(wheel.as_uri())
        + "\nfrom convbook import data\nprint(data.photo('camera').shape)"
    )
    assert run(python, "-c", code, cwd=alone) == "(1, 1, 512, 512)\n"
    done = subprocess.run(
        [
            python,
            "-c",
            first.text((alone / "none-1.whl").as_uri()).replace("convbook", "no_convbook"),
        ],
        cwd=alone,
        capture_output=True,
        text=True,
    )
    assert "cannot be installed: " in done.stderr.splitlines()[-1]


def test_the_set_up_that_is_given_out(course: Path) -> None:
    """The one command of its README, with packages from an index, in an empty home."""
    home = course.parent / "home"
    home.mkdir()
    done = subprocess.run(
        ["sh", "setup.sh"],
        cwd=course,
        env=os.environ | {"HOME": str(home), "PYTHON": sys.executable},
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    if "connect to the Internet" in done.stderr:
        pytest.skip("not run: needs a package index")
    assert done.returncode == 0, done.stderr
    convbook = course / ".venv" / "bin" / "convbook"
    assert "You can work" in run(convbook, "doctor", cwd=course)
    assert "0 of 260 points" in run(convbook, "progress", cwd=course)
    find = "import importlib.util as u; print(*map(u.find_spec, ('autograder', 'nbgrader')))"
    assert run(convbook.with_name("python"), "-c", find, cwd=course) == "None None\n"
    with serving([str(convbook), "lab"], home=home, cwd=course) as address:
        page = urllib.request.urlopen(f"{address}/convbook/home", timeout=60).read().decode()
    assert "02 Slide a filter" in page


def release(copy: Path) -> str:
    lines = release_of(copy, lessons(), copy.parent / "out", "", "")
    return "\n".join(lines)


@needs("git")
def test_lessons_of_course_toml_and_further_releases(copy: Path) -> None:
    place = copy.parent / "out" / "one"
    (copy / FILE).write_text('name = "One"\nlessons = ["02_convolution", "01_volumes"]')
    release(copy)
    assert sorted(p.name for p in (place / "notebooks").iterdir()) == ["01_volumes", LESSON]
    (copy / FILE).write_text('name = "One"\nlessons = ["02_convolution"]')
    assert "one commit more" in release(copy)
    assert [p.stem for p in (place / "notebooks").rglob("*.ipynb")] == [LESSON]
    assert "nothing has changed" in release(copy)
    subjects = run("git", "log", "--format=%s", cwd=place).splitlines()
    assert subjects == ["One: 1 lessons", "One: 2 lessons"]


ANSWER = sample_class.without_marks(lessons()[LESSON].solutions["conv_forward"])
PLANTED = {
    "convbook/layers/more.py": ANSWER,
    "convbook/gpu/more.json": json.dumps({"a": base64.b64encode(ANSWER.encode()).decode()}),
    "data/NOTICE": f"See also:\n{ANSWER}",
    "scripts/setup.py": f"TEXT = {ANSWER!r}\n",
    "LICENSE": ANSWER,
}


@pytest.mark.parametrize("name", PLANTED)
def test_an_answer_anywhere_in_the_course_stops_a_release(copy: Path, name: str) -> None:
    with (copy / name).open("a", encoding="utf-8") as file:
        file.write(PLANTED[name])
    with pytest.raises(scan.LeakError, match="holds the answer to conv_forward of 02_convolution"):
        release(copy)
    assert not (copy.parent / "out").exists()


@needs("git")
def test_an_answer_in_the_history_stops_a_release(copy: Path) -> None:
    """Also one that was taken away again."""
    release(copy)
    place = copy.parent / "out" / "one"
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b"]
    (place / "help.py").write_text(ANSWER)
    run(*git, "add", "help.py", cwd=place)
    run(*git, "commit", "--quiet", "-m", "a", cwd=place)
    run(*git, "rm", "--quiet", "help.py", cwd=place)
    run(*git, "commit", "--quiet", "-m", "b", cwd=place)
    with pytest.raises(
        scan.LeakError, match=r"in the history of .* holds the answer to conv_forward"
    ):
        release(copy)


def test_what_git_ignores_and_other_kinds_stay_where_they_are(copy: Path) -> None:
    for name in ("notes.md", "old.pyc", "__pycache__/a.pyc", ".env", "a.ipynb"):
        path = copy / "convbook" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(ANSWER)
    (copy / "data" / "mine.csv").write_text(ANSWER)
    (copy / "notes.md").write_text(ANSWER)
    release(copy)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--wheel-url", 'x"; import os'], "is no address: write https://"),
        (["--repository", "github.com/a/b"], "is no address: write https://"),
        (["-o", "/dev/null"], "/dev/null"),
    ],
)
def test_what_cannot_be_meant_is_one_line(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["release", *words]) == 2
    errors = capsys.readouterr().err.splitlines()
    assert len(errors) == 1 and said in errors[0]
