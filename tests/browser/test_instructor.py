"""An instructor in `convbook lab --instructor`: from the release to feedback that a student reads.

Every step of the instructor is a button of Formgrader; the student's are nbgrader's own commands.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sample_class
from browsing import Picture
from machine import needs
from playwright.sync_api import Locator, Page, expect
from server import serving

from autograder import course
from autograder.course import lessons

LESSON, STUDENT = "02_convolution", "dora"
COMMENT = "Which of the two would you have to turn?"

pytestmark = needs("sandbox")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The part of the course that one lesson needs, with an empty class/submitted/."""
    checkout = tmp_path / "course"
    shutil.copytree(course.root() / "solutions" / LESSON, checkout / "solutions" / LESSON)
    shutil.copy(course.root() / "nbgrader_config.py", checkout)
    (checkout / "class" / "submitted" / "nobody").mkdir(parents=True)
    return checkout


@pytest.fixture
def lab(checkout: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "convbook.cli", "lab", "--instructor", str(checkout)]
    with serving(command, home=checkout.parent / "home", cwd=checkout) as address:
        yield address


def nbgrader(folder: Path, checkout: Path, *command: str) -> None:
    """Run one of nbgrader's commands as the student, in the student's own folder."""
    folder.mkdir(exist_ok=True)
    exchange = [f"--Exchange.root={checkout / 'class' / 'exchange'}", "--course=convbook"]
    who = [] if command[0] == "fetch_assignment" else [f"--student={STUDENT}"]
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *command, *exchange, *who],
        cwd=folder,
        env=os.environ | {"HOME": str(folder)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def press(page: Page, button: Locator, says: str) -> None:
    """Press a button of Formgrader, and wait for the dialog that says it is done."""
    button.click()
    dialog = page.locator(".modal.in")
    dialog.wait_for()
    assert says in dialog.inner_text()
    dialog.get_by_role("button", name="OK").click()
    expect(page.locator(".modal, .modal-backdrop")).to_have_count(0)


def assignment(page: Page, address: str) -> Locator:
    page.goto(f"{address}/formgrader/manage_assignments")
    row = page.locator("#main-table tr", has_text=LESSON)
    row.wait_for()
    return row


def test_an_instructor_releases_collects_grades_and_gives_feedback(
    lab: str, checkout: Path, page: Page, picture: Picture
) -> None:
    page.goto(f"{lab}/lab")
    page.get_by_role("menuitem", name="Nbgrader").click()
    page.get_by_role("menuitem", name="Formgrader").click()
    expect(page.frame_locator("iframe").locator("#main-table")).to_contain_text(LESSON)
    picture(page, "formgrader-in-jupyterlab")

    row = assignment(page, lab)
    press(page, row.locator(".assign a"), "Successfully created")
    released = checkout / "notebooks" / LESSON / f"{LESSON}.ipynb"
    assert (
        released.read_bytes() == (course.root() / "notebooks" / LESSON / released.name).read_bytes()
    )
    press(page, assignment(page, lab).locator(".release a"), "Successfully released")
    picture(page, "released")

    student = checkout.parent / STUDENT
    nbgrader(student, checkout, "fetch_assignment", LESSON)
    answers = sample_class.STUDENTS[STUDENT](lessons()[LESSON], STUDENT)
    (student / LESSON / f"{LESSON}.ipynb").write_text(answers, encoding="utf-8")
    nbgrader(student, checkout, "submit", LESSON)

    press(page, assignment(page, lab).locator(".collect a"), "Successfully collected")
    assert (checkout / "class" / "submitted" / STUDENT / LESSON / f"{LESSON}.ipynb").exists()
    picture(page, "collected")

    page.goto(f"{lab}/formgrader/manage_submissions/{LESSON}")
    row = page.locator("#main-table tr", has_text=STUDENT)
    expect(row).to_contain_text("needs autograding")
    press(page, row.locator(".autograde a"), "Successfully autograded")
    score = sample_class.SCORES[LESSON][STUDENT]
    expect(row).to_contain_text(f"{score:g} / 22")
    expect(row).to_contain_text("needs manual grading")
    picture(page, "autograded")

    grade_by_hand(page, lab, picture)
    page.goto(f"{lab}/formgrader/manage_submissions/{LESSON}")
    expect(row).to_contain_text(f"{score + 1.5:g} / 22")
    press(page, row.locator(".generate-feedback a"), "Successfully generated feedback")
    press(page, row.locator(".release-feedback a"), "Successfully released feedback")
    picture(page, "graded")

    nbgrader(student, checkout, "fetch_feedback", LESSON)
    (feedback,) = student.glob(f"{LESSON}/feedback/*/{LESSON}.html")
    page.goto(feedback.as_uri())
    expect(page.locator("body")).to_contain_text(f"{score + 1.5:g}")
    expect(page.locator("body")).to_contain_text(COMMENT)
    expect(page.locator("body")).to_contain_text("4 of 4 values differ")
    assert "judge." not in page.content()
    picture(page, "feedback")
    page.get_by_text(COMMENT).scroll_into_view_if_needed()
    picture(page, "feedback-by-hand")


def grade_by_hand(page: Page, address: str, picture: Picture) -> None:
    """Give the written answer points and a comment, from the list of what is to be graded."""
    page.goto(f"{address}/formgrader/gradebook/{LESSON}/{LESSON}")
    page.get_by_role("link", name="Submission #1").click()
    points = page.locator("input.score#answer-why_flip")
    points.scroll_into_view_if_needed()
    expect(page.locator("math").first).to_be_attached()  # formulas, without a network
    # Until then nothing listens to the fields, and what comes in is written over them.
    page.wait_for_function("formgrader.grades.loaded && formgrader.comments.loaded")
    for field, text in ((points, "1.5"), (page.locator("#answer-why_flip-comment"), COMMENT)):
        with page.expect_response(lambda response: response.request.method == "PUT") as saved:
            field.fill(text)
            field.press("Tab")
        assert saved.value.ok
    picture(page, "by-hand")
