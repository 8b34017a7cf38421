"""What a person reads of a class: axe finds nothing in light and dark, and keys reach all of it."""

from pathlib import Path

import generated_class
import nbformat
import pasted
import pytest
from axe_playwright_python.sync_playwright import Axe
from cells import write as write_cells
from machine import SANDBOX, needs
from nbformat import NotebookNode
from playwright.sync_api import Browser
from playwright.sync_api import Page as Tab

from autograder.classroom.grade import grade_class
from autograder.classroom.room import Classroom, class_at
from autograder.feedback.write import write_feedback
from autograder.report.write import write

pytestmark = [pytest.mark.slow, needs("chromium")]
LESSON = "02_convolution"
STUDENTS = 14  # fewer are not looked through for similar work
FEEDBACK = "feedback/{}/" + f"{LESSON}/{LESSON}.html"
WIDE = 1280, 390  # pixels: a screen, a phone
# What students' own HTML breaks. The rest is ours to keep, whatever they write.
THEIRS = {"empty-heading", "empty-table-header", "heading-order", "link-name", "list", "listitem"}
SCROLLS = "n => n.scrollWidth > n.clientWidth + 1 && getComputedStyle(n).overflowX === 'auto'"
FORMULA = " + ".join(f"x_{{{k}}} w_{{{k}}}" for k in range(60))
SHOWS = """\
print("y" * 400)
plt.imshow(np.ones((4, 4)))
plt.show()
print(f"{1!r:>10}\\n", r"\\d", 0x1F, 1e-3, [k for k in (1,) if k is not None and True])

@staticmethod
def f(x): "doc"; raise ValueError(x) from None  # a comment that goes on and on, to no end at all
f(1)"""
ODD = """\
<h6>first</h6><h1></h1><table><tr><th></th><td>1</td></tr></table><a href="https://x.org"></a>
<ul><p>no item</p></ul><li>no list</li><summary>alone</summary><details>no summary</details>
<p tabindex="5" style="color: #eee" class="quiet" id="main" role="button">styled</p>"""


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Classroom:
    """A graded class with its pages, among them one of a student who wrote a lot."""
    folder = tmp_path_factory.mktemp("class")
    generated_class.write(folder / "submitted", STUDENTS, (LESSON,))
    add(folder, "ada", *wide())
    add(folder, "amir", nbformat.v4.new_markdown_cell(ODD))
    room = class_at(folder)
    (folder / "students.csv").write_text("student,name\nada,Ada Łukasz\n", encoding="utf-8")
    (folder / "policy.toml").write_text(
        f"percent_per_day = 10\n[deadlines]\n{LESSON} = 2026-10-05T12:00:00Z\n"
        f"[course.weights]\n{LESSON} = 1\n"
    )
    list(grade_class(room, [LESSON], SANDBOX, all_cells=True))
    assert [page.problem for page in write_feedback(room, []) if page.problem] == []
    list(write(room, []))
    return room


def wide() -> list[NotebookNode]:
    """Cells that are wider than a page: a formula, a table, code with outputs, a pasted picture."""
    row = "|" + "wide|" * 40
    table = f"{row}\n{'|-' * 40}|\n{row}"
    parts = f"$$\n{FORMULA}\n$$", table, "![](attachment:a.png)", f"`{'x' * 300}`"
    shown = nbformat.v4.new_markdown_cell("\n\n".join(parts))
    shown["attachments"] = {"a.png": {"image/png": pasted.text(pasted.png())}}
    return [shown, nbformat.v4.new_code_cell(SHOWS)]


def add(folder: Path, student: str, *cells: NotebookNode) -> None:
    path = folder / "submitted" / student / LESSON / f"{LESSON}.ipynb"
    book = nbformat.read(path, as_version=4)
    book.cells[8:8] = cells
    write_cells(book, path)


def opened(browser: Browser, path: Path, scheme: str = "light", width: int = WIDE[0]) -> Tab:
    tab = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 800})
    tab.goto(path.as_uri())
    return tab


@pytest.mark.parametrize(("scheme", "width"), list(zip(("light", "dark"), WIDE, strict=True)))
def test_pages_pass_axe(room: Classroom, browser: Browser, scheme: str, width: int) -> None:
    pages = [*sorted(room.results.glob("report/**/*.html")), room.results / FEEDBACK.format("ada")]
    drawn = [p for p in room.feedback.rglob("*.html") if 'class="wrong"' in p.read_text("utf-8")]
    assert {"grades.html", "index.html", f"{LESSON}.html", f"{LESSON}-1.html"} <= {
        p.name for p in pages
    }
    assert drawn
    for path in (*pages, drawn[0]):
        tab = opened(browser, path, scheme, width)
        found = Axe().run(tab)
        assert found.violations_count == 0, f"{path.name}: {found.generate_report()}"
        assert tab.evaluate("document.documentElement.scrollWidth") <= width, path
        tab.close()


def test_what_a_student_breaks_stays_in_the_students_frame(
    room: Classroom, browser: Browser
) -> None:
    tab = opened(browser, room.results / FEEDBACK.format("amir"))
    found = Axe().run(tab).response["violations"]
    assert {"heading-order", "link-name"} <= {rule["id"] for rule in found} <= THEIRS
    targets = [node["target"][0] for rule in found for node in rule["nodes"]]
    assert all(tab.locator(t).evaluate("n => !!n.closest('.notebook .cell')") for t in targets)
    tab.close()


def test_keys_reach_and_move_all_that_scrolls(room: Classroom, browser: Browser) -> None:
    tab = opened(browser, room.results / FEEDBACK.format("ada"), width=WIDE[1])
    scrolls = tab.evaluate(f"[...document.querySelectorAll('*')].filter({SCROLLS}).length")
    reached = []
    tab.keyboard.press("Tab")
    while tab.evaluate("document.activeElement !== document.body"):
        if tab.evaluate(f"({SCROLLS})(document.activeElement)"):
            reached.append(tab.evaluate("document.activeElement.className"))
            tab.keyboard.press("ArrowRight")
            assert any(has_moved(tab) for _ in range(40)), reached[-1]
        tab.keyboard.press("Tab")
    assert len(reached) == scrolls
    assert {"scroll", "notebook"} <= set(reached)
    tab.close()


def has_moved(tab: Tab) -> bool:
    tab.wait_for_timeout(50)
    return tab.evaluate("document.activeElement.scrollLeft > 0")


def test_a_feedback_page_says_whose_it_is_and_when_it_came(
    room: Classroom, browser: Browser
) -> None:
    tab = opened(browser, room.results / FEEDBACK.format("ada"))
    assert tab.title() == f"{LESSON}: Ada Łukasz"
    first = tab.locator("main > p").first.inner_text()
    assert first.startswith("Ada Łukasz, ") and "came 2026-10-0" in first
    regions = tab.get_by_role("region")
    assert regions.first.get_attribute("aria-label") == "Handed in, part 1"
    tab.close()
