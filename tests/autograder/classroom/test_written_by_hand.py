"""Files that people write: any bytes are read, or give one line that says what is wrong."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.classroom import ledger, policy, record
from autograder.classroom.room import SETTINGS, class_at
from autograder.course import CourseError, lessons
from autograder.handin import given as given_names
from autograder.handin import gradescope, roster, timestamp

POLICY = """percent_per_day = 10
cap = 50.5
grace = 15
free_days = 3

[deadlines]
02_convolution = 2026-10-12T23:59:00+02:00
[extensions."ada@x.org"]  # was ill
02_convolution = 2026-10-20T23:59:00+02:00
[course]
lowest_dropped = 1
bonus = ["10_gpu"]
[course.weights]
02_convolution = 1
03_backprop = 2
10_gpu = 1
[moodle]
02_convolution = "Lab 2"
"""
STUDENTS = 'student,name,id,email,group\nada,"Lovelace, Ada",77,ada@x.org,1\n,Zoë,,,\n'
TIME = "2026-10-12 21:58:03.120000 UTC\n"
METADATA = """---
submission_11:
  :submitters:
  - :name: Ada
    :email: ada@x.org
  :created_at: 2026-10-12 14:00:00.1 +02:00
"""
DB = '{"db": "sqlite:////tmp/x.db"}'


def read_metadata(folder: Path) -> Any:
    return gradescope.read((folder / gradescope.FILE).read_bytes())


def read_lines(folder: Path) -> Any:
    return [problem for _, _, problem in record.read(folder)], record.state(folder)


READERS: dict[str, tuple[str, Callable[[Path], Any]]] = {
    policy.FILE: (POLICY, lambda folder: policy.read(folder, lessons())),
    roster.FILE: (STUDENTS, roster.read),
    timestamp.FILE: (TIME, timestamp.read),
    gradescope.FILE: (METADATA, read_metadata),
    given_names.FILE: (
        '{"canvas": {"02_convolution": {"ada": "ada_1_2_x.ipynb"}}}',
        given_names.read,
    ),
    SETTINGS: (DB, class_at),
    ledger.LINES: ('{"record":{"student":"ada","checks":{}},"seal":"aa"}\n', read_lines),
    ledger.KEY: ("ab" * 32, lambda folder: (ledger.append(folder, "x", {}), read_lines(folder))),
}
ODD = [
    *(
        "[" * 3000,
        "{" * 3000,
        "(" * 500,
        '"' * 3,
        "'''",
        "\0",
        "\x85",
        "\u2028",
        "\x0b",
        "\r",
        "\n\n",
    ),
    *("9" * 5001, "-1", "0x" + "f" * 5001, "1e999", "nan", "-inf", "1_000", "1" * 30),
    *("0001-01-01T00:00:00+02:00", "9999-12-31T23:59:59-02:00", "+0200", "-0500", "CDT", "UTC"),
    *("2026-02-30", "yesterday", "12.10.2026 23:30", "America", "../../etc/passwd", "localtime"),
    *("=1+1", ",", ";", "\t", "#", "=", "a.b", "*a", "&a [*a, *a]", "!!python/object:os.system"),
    *("\ufeff", "ä", "\u202e", "\u200b", "\ud800", "é", "\x1b[31m", "a" * 100_000),
]
CODES = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252", "shift_jis"]


@st.composite
def damaged(draw: st.DrawFn, text: str) -> bytes:
    """A good file with odd things put into it, saved in some encoding."""
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 20)))
        text = text[:start] + draw(st.sampled_from(ODD) | st.text(max_size=20)) + text[end:]
    content = text.encode(draw(st.sampled_from(CODES)), "replace")
    cut = draw(st.integers(0, 2 * len(content)))
    return content[:cut] + draw(st.binary(max_size=3)) + content[cut:]


def one_line_or_read(name: str, content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        if name == ledger.LINES:
            (Path(folder) / ledger.KEY).write_text("ab" * 32)
        (Path(folder) / name).write_bytes(content)
        try:
            READERS[name][1](Path(folder))
        except CourseError as error:
            said = str(error).replace(folder, "")
            assert said.isprintable() and 10 < len(said) < 600, said


@pytest.mark.parametrize("name", READERS)
def test_any_bytes_are_read_or_give_one_line(name: str) -> None:
    @settings(deadline=None, max_examples=int(os.environ.get("EXAMPLES", "60")))
    @given(st.binary(max_size=200) | damaged(READERS[name][0]))
    def run(content: bytes) -> None:
        one_line_or_read(name, content)

    run()


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
@pytest.mark.parametrize("name", READERS)
def test_each_odd_thing_alone_and_in_each_line(name: str, odd: str) -> None:
    lines = READERS[name][0].split("\n")
    texts = [odd, *("\n".join([*lines[:n], odd, *lines[n:]]) for n in range(len(lines)))]
    texts += [
        "\n".join([*lines[:n], f"{lines[n]}{odd}", *lines[n + 1 :]]) for n in range(len(lines))
    ]
    texts.append(READERS[name][0].replace("2026-10-12T23:59:00+02:00", odd))
    texts.append(READERS[name][0].replace("10\n", f"{odd}\n", 1))
    for text in texts:
        one_line_or_read(name, text.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("name", READERS)
def test_the_good_files_are_good(name: str, tmp_path: Path) -> None:
    (tmp_path / ledger.KEY).write_text("ab" * 32)
    (tmp_path / name).write_text(READERS[name][0], encoding="utf-8")
    assert READERS[name][1](tmp_path)


WRONG_TIMES = {
    "yesterday": "'yesterday' is no time",
    "12.10.2026 23:30": "'12.10.2026 23:30' says no time zone",
    "10/12/2026 23:30 +0200": "may have the day or the month first",
    "31.2.2026 23:30 +0100": "is no time that can be",
    "2026-10-12 23:30:00 CDT": "time zone .* is not known here, or not the same everywhere",
    "Mon, 12 Oct 2026 23:30 EST": "is no time",
    "2026-10-12 23:30:00 Europe/Berlni": "time zone .* is not known",
    "2026-10-12 25:30": "is no time that can be",
    "2026-10-12": "is no time",
    "+0200": "is no time",
    "\n\n  tomorrow": "line 3: 'tomorrow' is no time",
    "0001-01-01 00:00 +0200": "is no time that can be",
    "9999-12-31 23:59 -0200": "is no time that can be",
}


@pytest.mark.parametrize("text", WRONG_TIMES)
def test_a_time_that_is_not_clear_is_an_error_with_what_to_write(text: str, tmp_path: Path) -> None:
    (tmp_path / timestamp.FILE).write_text(text)
    with pytest.raises(CourseError, match=WRONG_TIMES[text]) as caught:
        timestamp.read(tmp_path)
    assert "timestamp.txt, line " in str(caught.value)
    assert "write a time like 2026-10-12T23:59:00+02:00" in str(caught.value)


@pytest.mark.parametrize("year", ["0001", "1969", "3000", "9999"])
def test_a_deadline_of_no_possible_year_is_an_error_with_its_line(
    year: str, tmp_path: Path
) -> None:
    (tmp_path / policy.FILE).write_text(POLICY.replace("2026-10-12", f"{year}-10-12"))
    with pytest.raises(CourseError, match=r"line 7: the year \d+ cannot be meant"):
        policy.read(tmp_path, lessons())
