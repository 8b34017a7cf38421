"""A student in `convbook lab`: from the home page through lesson 02 to the file to hand in."""

import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import Picture, code, folded, run, write
from playwright.sync_api import Locator, Page, expect
from server import serving

from autograder.course import lessons

LESSON = "02_convolution"
WRONG = """def correlate2d(x, w):
    windows = np.lib.stride_tricks.sliding_window_view(x, w.shape)
    return np.sum(windows * w[::-1, ::-1], axis=(2, 3))"""
RIGHT = WRONG.replace("[::-1, ::-1]", "")
CHECK = "# 3 points. Shown: the impulse"
# What this student had set before: line numbers, and a menu that is switched off.
OWN = {
    "lab/user-settings/@jupyterlab/notebook-extension/tracker.jupyterlab-settings": {
        "codeCellConfig": {"lineNumbers": True}
    },
    "labconfig/page_config.json": {
        "disabledExtensions": {"@jupyterlab/debugger-extension:main": True}
    },
    "jupyter_server_config.json": {"ServerApp": {"shutdown_no_activity_timeout": 0}},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of two lessons, beside the settings of the user."""
    home = tmp_path_factory.mktemp("home")
    for name in ("01_volumes", LESSON):
        released = lessons()[name].path.parents[2] / "notebooks" / name
        shutil.copytree(released, home / "course" / name)
    for name, settings in OWN.items():
        path = home / ".config" / "jupyter" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(settings))
    return home / "course"


@pytest.fixture(scope="module")
def lab(folder: Path) -> Iterator[str]:
    """`convbook lab` on the copy; yields its address."""
    command = [sys.executable, "-m", "convbook.cli", "lab", str(folder)]
    with serving(command, home=folder.parent) as address:
        yield address


def locked(cell: Locator) -> bool:
    """Tell whether the cell says that it is locked."""
    says = "cell => getComputedStyle(cell.querySelector('.jp-InputPrompt'), '::after').content"
    return "locked" in cell.evaluate(says)


def check(page: Page, says: str) -> Locator:
    """Run the check of correlate2d, and wait until its outputs say this."""
    area = run(page, CHECK).locator(".jp-OutputArea")
    expect(area).to_contain_text(says)
    return area


def test_a_student_takes_lesson_02_from_home_to_hand_in(
    lab: str, folder: Path, page: Page, picture: Picture
) -> None:
    page.goto(f"{lab}/lab")
    home = page.locator(".convbook")
    expect(home.locator("tr")).to_have_count(2)
    expect(page.get_by_role("menuitem", name="Nbgrader")).to_have_count(0)
    expect(page.get_by_text("Jupyter news")).to_have_count(0)
    picture(page, "home")

    home.get_by_role("link", name="02 Slide a filter").click()
    page.locator(".jp-Notebook").wait_for()
    expect(page.locator(".cm-lineNumbers").first).to_be_visible()  # the user's own setting
    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible()
    run(page, "import matplotlib.pyplot")
    assert locked(code(page, "import matplotlib.pyplot"))
    picture(page, "lesson")

    run(page, "def correlate2d")
    assert folded(code(page, CHECK)) and not locked(code(page, "def correlate2d"))
    line = code(page, CHECK).locator(".jp-PlaceholderText")
    expect(line).to_have_css("white-space", "normal")  # it is not cut in a narrow window
    check(page, "Not written yet: correlate2d")
    assert folded(code(page, CHECK))
    picture(page, "not-written")
    write(page, "def correlate2d", WRONG)
    failed = check(page, "Not yet: the impulse: 4 of 4 values differ.")
    said = failed.inner_text()
    assert "out[0, 0] is the window at the top left" not in said
    failed.locator("summary", has_text="Hint 1").click()
    expect(failed).to_contain_text("out[0, 0] is the window at the top left")
    failed.locator("summary", has_text="Look: the first wrong number of out is 1").click()
    look = failed.frame_locator("iframe.convbook-demo")
    expect(look.locator("#sentence")).to_have_text("out[0, 0] is 1 in your answer. It should be 4.")
    look.locator("#next").click()
    expect(look.locator("#sentence")).to_contain_text("out[0, 1] is ")
    assert "First at [0, 0]: yours 1, expected 4." in said
    assert "Not yet: 0 of 3 points." in said and "Traceback" not in said
    assert "known mistake" not in said
    picture(page, "wrong-with-a-hint")
    check(page, "This looks like a known mistake: filter flipped")
    picture(page, "wrong-again-with-its-name")
    write(page, "def correlate2d", RIGHT)
    said = check(page, "Passed: 3 points.").inner_text()
    assert "Grading also tries what is hidden: random pictures." in said
    assert folded(code(page, CHECK))
    picture(page, "right")
    code(page, CHECK).get_by_text(CHECK).click()
    expect(code(page, CHECK).locator(".cm-content")).to_contain_text("check.same(")
    assert locked(code(page, CHECK))
    picture(page, "unfolded")

    page.get_by_role("button", name="Validate").click()
    dialog = page.locator(".jp-Dialog")
    expect(dialog).to_contain_text("Not written yet: correlate1d")
    assert "impulse" not in dialog.inner_text()
    picture(page, "validate")
    dialog.get_by_role("button", name="OK").click()

    page.locator(".jp-NotebookPanel-toolbar").get_by_text("Home").click()
    home.get_by_role("button", name="Bring my points up to date").click()
    expect(home).to_contain_text("3 of 40 points")
    expect(home.get_by_text("not looked at yet")).to_have_count(0)
    picture(page, "home-with-points")

    notebook = folder / LESSON / f"{LESSON}.ipynb"
    command = [sys.executable, "-m", "convbook.cli", "hand-in", str(notebook)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0 and "3 of 20 points" in done.stdout, done
    with zipfile.ZipFile(folder / "hand-in" / f"{LESSON}.zip") as archive:
        assert "sliding_window_view" in archive.read(f"{LESSON}.ipynb").decode()


def test_the_users_own_settings_stay_as_they_were(lab: str, folder: Path, page: Page) -> None:
    page.goto(f"{lab}/lab/tree/{LESSON}/{LESSON}.ipynb")
    page.locator(".jp-Notebook").wait_for()
    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible()
    config = folder.parent / ".config" / "jupyter"
    found = {str(p.relative_to(config)): p for p in config.rglob("*") if p.is_file()}
    assert {name: json.loads(found[name].read_text()) for name in OWN} == OWN
    assert set(found) <= set(OWN) | {"migrated"}
