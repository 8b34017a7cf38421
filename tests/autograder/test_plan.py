"""course.toml says what is given out; what it cannot mean is refused in one line."""

from pathlib import Path

import pytest

from autograder.course import CourseError
from autograder.plan import FILE, NAME, Plan, read

KNOWN = ("01_volumes", "02_convolution", "03_backprop")


def test_without_a_file_all_is_given_out(tmp_path: Path) -> None:
    assert read(tmp_path, KNOWN) == Plan(NAME, KNOWN)


@pytest.mark.parametrize(
    ("text", "name", "lessons"),
    [
        ('name = "ConvNets"\nlessons = ["03_backprop", "01_volumes"]', "ConvNets", KNOWN[::2]),
        ("lessons = ['02_convolution', '02_convolution']", NAME, KNOWN[1:2]),
        ('\ufeffname = " Réseaux "\r\n', "Réseaux", KNOWN),
        ("# nothing yet\n", NAME, KNOWN),
    ],
)
def test_what_stands_in_it(tmp_path: Path, text: str, name: str, lessons: tuple[str]) -> None:
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    assert read(tmp_path, KNOWN) == Plan(name, tuple(lessons))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"lessons = 01_volumes", "line 1"),
        (b"name = \xff", "not in UTF-8"),
        (b"a = " + b"[" * 5000, "write name"),
        (b"lesson = []", "there is no lesson; there are name, lessons, without"),
        (b"[lessons]\n01_volumes = true", "lessons is a list of texts"),
        (b"lessons = '01_volumes'", "lessons is a list of texts"),
        (b"lessons = [1, 2]", "lessons is a list of texts"),
        (b"lessons = []", "take the line away"),
        (b"lessons = ['04_none']", "no lesson 04_none; there are 01_volumes, 02_convolution"),
        (b"lessons = ['../../etc']", "no lesson ../../etc"),
        (b"name = 3", "name is a text in quotes"),
        (b"name = '  '", "name is a text in quotes"),
        (b'name = "a\\u202eb"', "that can be seen"),
        (b'name = "a\\nb"', "one line"),
        (b"name = '" + b"a" * 81 + b"'", "at most 80"),
        (b"without = ['shift_gap']", "without is a table: [without], and below it"),
        (b"[without]\n04_none = ['a']", "no lesson 04_none"),
        (b"[without]\n02_convolution = 'shift_gap'", "02_convolution of without is a list"),
        (b"[without]\n02_convolution = [1]", "02_convolution of without is a list"),
        (b"[without.02_convolution]\nshift_gap = true", "02_convolution of without is a list"),
    ],
)
def test_each_kind_of_mistake_is_one_line(tmp_path: Path, text: bytes, said: str) -> None:
    (tmp_path / FILE).write_bytes(text)
    with pytest.raises(CourseError) as found:
        read(tmp_path, KNOWN)
    assert said in str(found.value) and FILE in str(found.value)
    assert len(str(found.value).splitlines()) == 1


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text('name = "x"')
    (tmp_path / FILE).symlink_to(tmp_path / "secret")
    with pytest.raises(CourseError, match="link"):
        read(tmp_path, KNOWN)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("The ConvNet workbook", "the-convnet-workbook"),
        ("Réseaux, 2026!", "reseaux-2026"),
        ("../..", "course"),
        ("卷积", "course"),
    ],
)
def test_a_name_becomes_a_folder(name: str, slug: str) -> None:
    assert Plan(name, KNOWN).slug == slug


def test_what_is_dropped_of_a_lesson(tmp_path: Path) -> None:
    text = "[without]\n02_convolution = ['shift_gap', 'why_flip']\n03_backprop = []\n"
    (tmp_path / FILE).write_text(text)
    assert read(tmp_path, KNOWN).without == {"02_convolution": ("shift_gap", "why_flip")}
