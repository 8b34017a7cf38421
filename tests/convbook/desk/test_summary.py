"""The summary says what differs, and nothing that a student wrote becomes more than a text."""

from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from test_earlier import hand_in, solution
from test_progress import function, small

from autograder.course import lessons
from convbook import cli
from convbook.desk import progress, summary


def test_one_lesson_right_one_wrong_and_one_untouched(tmp_path: Path) -> None:
    right, own = (
        {name: solution(lesson, name) for name in lessons()[lesson].exercises}
        for lesson in ("11_architectures", "02_convolution")
    )
    own["correlate2d"] = own["correlate2d"].replace("* w)", "* w[::-1])")
    own["conv_forward"] = "def conv_forward(x, w, b, stride=1, pad=0):\n    return x['one'], None"
    hand_in(tmp_path, "02_convolution", own)
    hand_in(tmp_path, "03_backprop", {})
    hand_in(tmp_path, "11_architectures", right)
    file = tmp_path / "summary.md"
    file.write_text("# from another step\n")
    assert cli.main(["progress", str(tmp_path), "--summary", str(file)]) == 0
    text = file.read_text()
    assert text.startswith("# from another step\n**")
    assert "of 60 points by checks" in text and "grading has hidden ones" in text
    assert "| 11 LeNet to ResNet | 20 of 20 | done |" in text.replace("\\", "")
    assert "| 0 of 20 | write numerical\\_gradient |" in text
    assert text.count("### ") == 1 and "### 02 Slide a filter" in text.replace("\\", "")
    assert "**conv\\_forward**: wrong, 0 of 3" in text
    assert "IndexError: " in text
    assert "in conv_forward, line 2 of its cell: return x['one'], None" in text


def test_what_a_student_wrote_stays_a_text(tmp_path: Path) -> None:
    """In a title, in an error, in what a check quotes."""
    trap = (
        '"\\n```\\n<img src=https://example.org/a.png>\\n\\u202e\\x1b[2J[a](https://example.org)"'
    )
    path = small(
        tmp_path,
        function("f", f"return {trap}"),
        function("g", f"raise ValueError({trap})"),
        ("h", f"raise KeyError({trap})", "check.same(h(), 1)"),
        function("i", "import os; os._exit(0)"),
    )
    title = "# 01 | <b>a</b> [b](https://example.org) `c` www.example.org"
    path.write_text(path.read_text().replace("# 01 A small one", title))
    text = summary.of([progress.of(path)])
    page = MarkdownIt("gfm-like", {"linkify": False}).render(text)
    assert "<b>" not in page and "<a" not in page and "<img" not in page
    assert "\x1b" not in text and "\u202e" not in text
    assert page.count("<pre>") == 3 and page.count("<td>") == 2 and "www\\.example" in text
    assert "<strong>i</strong>: ended, 0 of 1" in page and "ValueError: \n```" in page


def test_long_texts_are_cut(tmp_path: Path) -> None:
    path = small(tmp_path, function("f", "raise ValueError('x' * 10**7)"))
    assert len(summary.of([progress.of(path)])) < 3000


def test_a_file_that_cannot_be_written_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small(tmp_path, function("f", "return 1"))
    assert cli.main(["progress", str(tmp_path), "--summary", str(tmp_path)]) == 2
    assert f"convbook: {tmp_path} cannot be written to" in capsys.readouterr().err
