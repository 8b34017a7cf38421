"""Reading in `convbook lab`: what is done, sections that fold, and where one left off."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import ACTIVE, Picture, code, run, theme, write
from playwright.sync_api import Locator, Page, expect
from server import serving

from autograder.course import lessons
from convbook import notebook
from convbook.handout.reconcile import brought_back

LESSON = "03_backprop"
RELU = """def relu_forward(x):
    return np.maximum(x, 0), x


def relu_backward(dout, cache):
    return dout * (cache {} 0)"""
FORWARD = "# 1 point. Shown: three numbers"
BACKWARD = "# 1 point. Shown: the gate by hand"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of one lesson, beside the settings of the user."""
    home = tmp_path_factory.mktemp("home")
    released = lessons()[LESSON].path.parents[2] / "notebooks" / LESSON
    shutil.copytree(released, home / "course" / LESSON)
    return home / "course"


@pytest.fixture(scope="module")
def lab(folder: Path) -> Iterator[str]:
    """`convbook lab` on the copy; yields its address."""
    command = [sys.executable, "-m", "convbook.cli", "lab", str(folder)]
    with serving(command, home=folder.parent) as address:
        yield address


@pytest.fixture
def solved(folder: Path) -> Path:
    """The lesson's notebook, in which exercise 2 is right and nothing has been run."""
    path = folder / LESSON / f"{LESSON}.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))
    for cell in cells["cells"]:
        if cell["cell_type"] == "code":
            cell |= {"outputs": [], "execution_count": None}
        if cell["id"] == "relu_forward":
            cell["source"] = RELU.format(">")
    path.write_text(json.dumps(cells), encoding="utf-8")
    return path


@pytest.fixture
def lesson(lab: str, page: Page) -> Page:
    """The lesson in JupyterLab, with its kernel ready."""
    page.goto(f"{lab}/lab/tree/{LESSON}/{LESSON}.ipynb")
    page.locator(".jp-Notebook").wait_for()
    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible()
    return page


def contents(page: Page) -> Locator:
    """Open the table of contents by its button above the notebook, and return it."""
    page.locator(".jp-NotebookPanel-toolbar").get_by_text("Contents").click()
    return page.locator(".jp-TableOfContents")


def test_the_table_of_contents_says_what_is_done(lesson: Page, picture: Picture) -> None:
    toc = contents(lesson)
    entry = toc.locator(".jp-tocItem-content", has_text="Exercise 2: relu_forward")
    expect(entry).to_have_text("Exercise 2: relu_forward and relu_backward (2 points)")
    run(lesson, "import matplotlib.pyplot")
    write(lesson, "def relu_forward", RELU.format("<"))
    run(lesson, FORWARD)
    expect(entry).to_have_text("1 of 2 · Exercise 2: relu_forward and relu_backward (2 points)")
    run(lesson, BACKWARD)
    expect(code(lesson, BACKWARD)).to_contain_text("Not yet")
    expect(entry).to_contain_text("1 of 2 ·")
    write(lesson, "def relu_forward", RELU.format(">"))
    run(lesson, BACKWARD)
    expect(entry).to_have_text("✓ Exercise 2: relu_forward and relu_backward (2 points)")
    picture(lesson, "done")

    entry.click()  # by mouse to the exercise
    heading = lesson.locator(".jp-MarkdownCell", has_text="Exercise 2: relu_forward").first
    expect(heading).to_be_in_viewport()
    item = toc.get_by_role("treeitem", name="10. Break the grader")
    item.focus()
    lesson.keyboard.press("Enter")  # and by keys to another place
    expect(lesson.get_by_role("heading", name="10. Break the grader")).to_be_in_viewport()

    run(lesson, 'puzzle("03")')
    asked = run(lesson, "broken.found(1")
    expect(asked).to_contain_text("1 is right there, on 4 numbers.")
    picture(lesson, "broken")
    lesson.keyboard.press("Control+s")
    expect(lesson.locator(".jp-mod-current.jp-mod-dirty")).to_have_count(0)
    lesson.reload()  # a new page, the same kernel: the notebook shows what has passed
    expect(entry).to_contain_text("✓ Exercise 2")


@pytest.mark.long
def test_what_was_right_when_last_looked_at_is_said(solved: Path, lesson: Page) -> None:
    command = [sys.executable, "-m", "convbook.cli", "progress", str(solved.parents[1])]
    subprocess.run(command, capture_output=True, check=True)
    lesson.reload()
    entry = contents(lesson).locator(".jp-tocItem-content", has_text="Exercise 2: relu_forward")
    expect(entry).to_contain_text("✓ Exercise 2")
    other = lesson.locator(".jp-tocItem-content", has_text="Exercise 1: numerical_gradient")
    expect(other).to_have_text("Exercise 1: numerical_gradient (2 points)")


@pytest.mark.long
def test_a_section_folds_and_the_notebook_is_as_before(
    solved: Path, lesson: Page, picture: Picture
) -> None:
    before = brought_back(notebook.read(solved))
    contents(lesson).get_by_text("2. Measure a slope").click()
    heading = lesson.locator(".jp-MarkdownCell", has_text="You have derived 60").first
    heading.locator(".jp-collapseHeadingButton").click()  # by mouse
    hidden = lesson.locator(".jp-CodeCell", has_text="L, h = (lambda x: x**2), 0.1")
    expect(hidden).not_to_be_visible()
    expect(heading.get_by_text("cells hidden")).to_be_visible()
    picture(lesson, "folded")
    heading.locator(".jp-collapseHeadingButton").click()
    expect(hidden).to_be_visible()
    heading.locator(".jp-InputPrompt").first.click()
    lesson.keyboard.press("ArrowLeft")  # and by keys
    expect(hidden).not_to_be_visible()
    lesson.keyboard.press("Control+s")
    expect(lesson.locator(".jp-mod-current.jp-mod-dirty")).to_have_count(0)

    assert '"jp-MarkdownHeadingCollapsed": true' in solved.read_text(encoding="utf-8")
    after = brought_back(notebook.read(solved))
    assert repr(after[1]) == repr(before[1])
    command = [sys.executable, "-m", "convbook.cli", "hand-in", str(solved)]
    done = subprocess.run(command, cwd=solved.parents[1], capture_output=True, text=True)
    assert done.returncode == 0 and "2 of 20 points" in done.stdout, done
    lesson.keyboard.press("ArrowRight")
    expect(hidden).to_be_visible()


@pytest.mark.long
def test_a_lesson_opens_where_one_left_it(lesson: Page, lab: str, picture: Picture) -> None:
    code(lesson, "def projection_check").locator(".jp-InputPrompt").first.click()
    expect(code(lesson, "def projection_check")).to_have_class(ACTIVE)
    lesson.reload()
    bar = lesson.get_by_role("region", name="Where you left off")
    expect(bar).to_be_visible()
    left = lesson.locator(".jp-CodeCell", has_text="def projection_check").first
    expect(left).to_be_in_viewport()
    expect(left).to_have_class(ACTIVE)
    picture(lesson, "where-one-left-off")
    found = Axe().run(lesson, context=".convbook-resumed")
    assert found.violations_count == 0, found.generate_report()
    theme(lesson, "Dark")
    picture(lesson, "where-one-left-off-dark")
    found = Axe().run(lesson, context=".convbook-resumed")
    assert found.violations_count == 0, found.generate_report()

    bar.get_by_role("button", name="To the top").focus()
    lesson.keyboard.press("Enter")
    expect(lesson.get_by_role("heading", name="03 Push gradients back")).to_be_in_viewport()
    expect(bar).to_have_count(0)
    lesson.reload()  # at the top there is nothing to say
    expect(lesson.get_by_role("heading", name="03 Push gradients back")).to_be_in_viewport()
    expect(bar).to_have_count(0)
