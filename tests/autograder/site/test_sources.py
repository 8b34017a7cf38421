"""What Sphinx reads: the cells of a lesson with their marks, and links that lead somewhere."""

import pytest
from cells import named

from autograder.course import Lesson, lessons
from autograder.site import sources

KNOWN = {"class.md", "scale.md", "cluster/ssh.md"}


@pytest.mark.parametrize("name", lessons())
def test_a_page_has_the_facts_of_its_lesson(name: str) -> None:
    page = sources.page(lessons()[name], deck=True)
    assert page.title.startswith(name[:2]) and page.points == 22 and int(page.minutes) >= 60
    assert page.question.endswith(".") and not page.question.startswith("**")


def test_the_page_says_what_each_cell_is_for(lesson: Lesson) -> None:
    cells = sources.page(lesson, deck=True).cells
    assert named(cells, "conv_forward").metadata.tags == ["exercise"]
    assert named(cells, "check-conv_forward-fit").metadata.tags == ["check"]
    assert "own-words" in named(cells, "answer-why_flip").source
    assert "tags" not in named(cells, "given-setup").metadata
    assert "../slides/02_convolution.html" in cells.cells[0].source
    assert "slides" not in sources.page(lesson, deck=False).cells.cells[0].source


def test_the_lesson_stays_as_it_is(lesson: Lesson) -> None:
    sources.page(lesson, deck=True)
    assert "actions" not in lesson.released.cells[0].source
    assert not any(cell.get("outputs") for cell in lesson.released.cells)


@pytest.mark.parametrize(
    ("text", "depth", "wanted"),
    [
        ("see [a class](class.md#record)", 0, "see [a class](class.md#record)"),
        (
            "[code](../Containerfile) and [us](https://example.org)",
            0,
            "code and [us](https://example.org)",
        ),
        ("[`a`](a.py), [here](#there)", 0, "`a`, [here](#there)"),
        (
            "[up](../scale.md), [code](../../a.py), [class](class.md)",
            1,
            "[up](../scale.md), code, class",
        ),
        ("[scale.md](scale.md#more), [a.md](a.md)", 0, "[](scale.md#more), a.md"),
        ("![a picture](picture.png)", 0, "![a picture](picture.png)"),
    ],
)
def test_links_to_what_is_not_there_become_text(text: str, depth: int, wanted: str) -> None:
    assert sources.linked(text, KNOWN, depth) == wanted
