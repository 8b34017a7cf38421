"""What make proof writes into docs/checks.md."""

from pathlib import Path

import tables

PAGE = """# What the checks catch

Words.

## The tables

sums of last time

**01_volumes**

| old |

**03_backprop**

| kept |
"""


def test_a_lessons_table_takes_the_place_of_its_last_one(tmp_path: Path) -> None:
    page = tmp_path / "checks.md"
    page.write_text(PAGE)
    tables.write("01_volumes", ["**01_volumes**", "", "| new |", ""], page)
    assert page.read_text() == PAGE.replace("| old |", "| new |")
    tables.write("02_convolution", ["**02_convolution**", "", "| first |"], page)
    tables.write("", ["new sums"], page)
    made = page.read_text().partition("## The tables")[2]
    assert "Words." in page.read_text()
    assert made.split("\n\n") == [
        "", "new sums", "**01_volumes**", "| new |", "**02_convolution**", "| first |",
        "**03_backprop**", "| kept |\n",
    ]  # fmt: skip
