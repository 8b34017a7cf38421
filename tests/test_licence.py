"""The licences are there, word for word; and all that name one, or the version, agree."""

import hashlib
import json
import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
import yaml

from autograder import course
from autograder.build import licence, source
from autograder.slides import packages
from autograder.slides.build import decks
from autograder.slides.page import page
from autograder.slides.source import read

ROOT = Path(__file__).parent.parent
DATA = ROOT / "data"


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


PROJECT = tomllib.loads(text_of("pyproject.toml"))["project"]
CITATION = yaml.safe_load(text_of("CITATION.cff"))
INSTALLED = metadata.metadata("convbook")
LICENCES = {"BSD-3-Clause", "CC-BY-4.0"}
HOLDER = "the authors of the ConvNet workbook"

# SHA-256 of the words of each text, compared once with SPDX's: a word that is missing or another
# shows, another line break does not.
WORDS = {
    "LICENSE": "1c71884257c592898e2b8e6c6d70dbca58e656516aadaba5d2ec524a32d57ba5",
    "LICENSE-text": "25a40a30d753162c4026b87a389b9534c72436327abcd083f90da00ead6d6869",
}


def words(text: str) -> str:
    """Hash a text's words."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()


@pytest.mark.parametrize("name", WORDS)
def test_a_licence_is_there_word_for_word(name: str) -> None:
    text = text_of(name)
    assert words(text) == WORDS[name]
    assert max(map(len, text.splitlines())) <= 100


def test_each_licence_is_the_one_it_should_be() -> None:
    code, prose = map(text_of, WORDS)
    assert code.startswith(f"BSD 3-Clause License\n\nCopyright (c) 2026, {HOLDER}\n")
    assert prose.startswith("Attribution 4.0 International\n")
    sections = re.findall(r"^Section (\d) -- ", prose, flags=re.MULTILINE)
    assert sections == list("12345678")


def test_all_name_the_same_licences() -> None:
    assert set(PROJECT["license"].split(" AND ")) == LICENCES == set(CITATION["license"])
    assert INSTALLED["License-Expression"] == PROJECT["license"]
    assert INSTALLED.get_all("License-File") == PROJECT["license-files"] == list(WORDS)
    readme = " ".join(text_of("README.md").partition("## Licence\n")[2].split())
    for said in ("BSD-3-Clause", "CC BY 4.0", "data/NOTICE", HOLDER.removeprefix("the ")):
        assert said in readme and said in licence.LINE


def test_all_name_the_same_version() -> None:
    """After a change of the version, make setup installs it anew."""
    newest = re.search(r"^## (\S+), (.+)$", text_of("CHANGELOG.md"), flags=re.MULTILINE)
    assert newest is not None
    home = json.loads(text_of("convbook/desk/labextensions/convbook/package.json"))
    named = {newest[1], CITATION["version"], home["version"], metadata.version("convbook")}
    assert named == {PROJECT["version"]}
    released = CITATION["date-released"]
    assert newest[2] == f"{released.day} {released:%B %Y}"


@pytest.mark.parametrize("lesson", course.lessons().values(), ids=lambda lesson: lesson.name)
def test_a_lesson_ends_with_its_licence(lesson: course.Lesson) -> None:
    for cells in (lesson.notebook.cells, lesson.released.cells):
        assert (cells[-1].cell_type, cells[-1].source) == ("markdown", licence.LINE)
        assert "nbgrader" not in cells[-1].metadata
        assert sum(licence.LINE in cell.source for cell in cells) == 1
    assert licence.LINE not in source.to_source(lesson.notebook)


@pytest.mark.parametrize("deck", decks(ROOT).values(), ids=decks(ROOT))
def test_every_slide_says_its_licence(deck: Path) -> None:
    """The template alone is asked: nothing is run, and no JavaScript is fetched."""
    slides = read(deck)
    blank = [["" for _ in slide.blocks] for slide in slides.slides]
    shown = page(slides, blank, dict.fromkeys(packages.FILES, ""))
    footers = re.findall(r'<footer class="licence">(.+)</footer>', shown)
    assert footers == [licence.LINE] * len(slides.slides)


def test_the_data_keep_their_licences() -> None:
    notice = text_of("data/NOTICE")
    named = set(re.findall(r"licences/\S+\.txt", notice))
    there = {f"licences/{path.name}" for path in (DATA / "licences").iterdir()}
    assert named == there == {"licences/Apache-2.0.txt", "licences/MIT.txt"}
    assert "Apache License" in text_of("data/licences/Apache-2.0.txt")
    assert "Permission is hereby granted" in text_of("data/licences/MIT.txt")
    folders = {path.name for path in DATA.iterdir() if path.is_dir()} - {"licences"}
    assert set(re.findall(r"^(\w+)/$", notice, flags=re.MULTILINE)) == folders
