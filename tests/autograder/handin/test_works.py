"""Which notebook counts of several, and under which names one is known."""

import io
import zipfile
from pathlib import Path

import pytest
from hand_ins import FILE, NAME, collect, taken, work, zipped

from autograder.classroom.room import Classroom

COPY = f"{NAME}-Copy1.ipynb"
BESIDE = {
    "a copy": {COPY: work("old")},
    "another of the lesson": {"Untitled.ipynb": work("old")},
    "one that is none": {"a.ipynb": b'{"cells": []}'},
    "one that is broken": {"a.ipynb": b"{"},
}


@pytest.mark.parametrize("case", BESIDE)
@pytest.mark.parametrize(
    "way",
    ["{}.zip", "{}/a.zip", "{}/", "{}_5_assignsubmission_file_/", "{}_5_9{}_", "{}/deep/"],
)
def test_of_several_notebooks_the_one_of_the_lessons_name_counts(
    case: str, way: str, tmp_path: Path, room: Classroom
) -> None:
    """In an archive, and of one time elsewhere."""
    files = {}
    for who in ("ada", "bo"):
        several = BESIDE[case] | {FILE: work(who)}
        if way.endswith(".zip"):
            file = io.BytesIO()
            with zipfile.ZipFile(file, "w") as inner:
                for name, content in several.items():
                    inner.writestr(f"lab/{name}", content)
            files[way.format(who)] = file.getvalue()
        else:
            for number, (name, content) in enumerate(several.items()):
                own = way.replace("5", str(len(who))).format(who, 10 * len(who) + 1 - number)
                files[own + name] = content
    collect(zipped(tmp_path / "in.zip", files), room)
    assert taken(room) == {(who, NAME): work(who) for who in ("ada", "bo")}


def test_of_several_of_other_names_nobody_knows_which_counts(
    tmp_path: Path, room: Classroom
) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as inner:
        inner.writestr("a.ipynb", work("a"))
        inner.writestr("b.ipynb", work("b"))
    files = {"ada.zip": file.getvalue(), "bo.ipynb": work()}
    outcome, _ = collect(zipped(tmp_path / "in.zip", files), room)
    assert "holds several notebooks" in outcome.why


@pytest.mark.parametrize("end", [".ipynb.txt", ".ipynb.json", ".IPYNB"])
@pytest.mark.parametrize(
    "way", ["{}{}", "{}/x{}", "{}/" + NAME + "{}", "{}_5_assignsubmission_file_x{}"]
)
def test_what_browsers_add_to_a_name_does_not_count(
    way: str, end: str, tmp_path: Path, room: Classroom
) -> None:
    files = {way.format(who, end).replace("5", str(len(who))): work(who) for who in ("ada", "bo")}
    collect(zipped(tmp_path / "in.zip", files), room)
    assert taken(room) == {(who, NAME): work(who) for who in ("ada", "bo")}
