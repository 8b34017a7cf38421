"""The files of the website: what is there, what is not, and where its links lead to."""

import shutil
import zipfile
from pathlib import Path
from textwrap import indent
from urllib.parse import unquote, urlsplit

import nbformat
import pytest
from machine import need
from sample_class import without_marks
from website import Page

from autograder import course
from autograder.course import CourseError, lessons
from autograder.plan import FILE
from autograder.release import scan
from autograder.release.secrets import Secrets
from autograder.site import builder, run, sources

pytestmark = pytest.mark.slow
ELSEWHERE = {"http", "https", "mailto", "data"}


def test_all_of_the_course_is_there(site: Path) -> None:
    for name in lessons():
        for path in (f"lessons/{name}.html", f"slides/{name}.html", f"given/{name}.ipynb"):
            assert (site / path).is_file(), path
    assert (site / "slides" / "00_course.html").is_file()
    assert all((site / "docs" / f"{name}.html").is_file() for name in sources.DOCS)
    with zipfile.ZipFile(site / "given" / "the-convnet-workbook.zip") as given:
        assert given.testzip() is None
        assert "the-convnet-workbook/setup.sh" in given.namelist()


def test_no_link_is_broken(site: Path, pages: dict[str, Page]) -> None:
    broken = []
    for name, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme in ELSEWHERE:
                continue
            target = (
                ((site / name).parent / unquote(parts.path)).resolve()
                if parts.path
                else site / name
            )
            there = target.is_file() and target.is_relative_to(site.resolve())
            if there and parts.fragment and target.suffix == ".html":
                ids = pages[target.relative_to(site.resolve()).as_posix()].ids
                there = parts.fragment in ids or name.startswith("slides/")
            if not there:
                broken.append(f"{name}: {link}")
    assert broken == []
    assert sum(len(page.links) for page in pages.values()) > 1000


def test_every_page_is_reached_from_the_first(site: Path, pages: dict[str, Page]) -> None:
    reached, new = set(), {"index.html"}
    while new:
        name = new.pop()
        reached.add(name)
        for link in pages[name].links:
            target = ((site / name).parent / unquote(urlsplit(link).path)).resolve()
            if target.suffix == ".html" and not urlsplit(link).scheme:
                new |= {target.relative_to(site.resolve()).as_posix()} - reached
    assert set(pages) - {"search.html"} <= reached


def test_a_notebook_that_is_downloaded_is_what_students_get(site: Path) -> None:
    cells = nbformat.read(site / "given" / "02_convolution.ipynb", as_version=4).cells
    assert [c.id for c in cells if c.id != "install-convbook"] == [
        cell.id for cell in lessons()["02_convolution"].released.cells
    ]


def test_every_demo_of_a_lesson_is_on_its_page_and_with_the_others(pages: dict[str, Page]) -> None:
    shown = [demo for name in lessons() for demo in pages[f"lessons/{name}.html"].demos]
    assert len(shown) == len(set(shown)) == 8
    assert pages["demos.html"].demos == shown
    assert pages["index.html"].demos == shown[:1]


def test_an_answer_on_a_page_is_found_though_docs_are_public() -> None:
    lesson = lessons()["02_convolution"]
    answer = without_marks(lesson.solutions["conv_forward"])
    secrets = Secrets(course.root(), lessons().values(), lessons())
    grader = (course.root() / "autograder/classroom/policy.py").read_text(encoding="utf-8")
    assert secrets.find(grader) == "an import of the grader"
    quoted = grader.partition('"""')[2].partition('"""')[0]
    assert secrets.find(quoted) == "autograder/classroom/policy.py"
    secrets.publish(f"{quoted}\n{answer}")
    assert secrets.find(quoted) == ""
    with pytest.raises(scan.LeakError, match="the answer to conv_forward of 02_convolution"):
        scan.check({"docs/class.html": f"<pre>{answer}</pre>".encode()}, secrets)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A course of one lesson without slides, free to be changed."""
    need("sphinx")
    place = tmp_path / "course"
    ignored = shutil.ignore_patterns("__pycache__")
    for name in ("convbook", "data", "docs", "scripts", *run.PUBLIC):
        shutil.copytree(course.root() / name, place / name, ignore=ignored)
    for name in ("LICENSE", "LICENSE-text", "pyproject.toml", "requirements.lock"):
        shutil.copy(course.root() / name, place)
    (place / FILE).write_text('name = "Filters & more"\nlessons = ["02_convolution"]')
    return place


def build(copy: Path) -> str:
    return "\n".join(run.site(copy, lessons(), copy / "site"))


def test_a_course_of_one_lesson_has_no_other_and_is_built_again(copy: Path) -> None:
    assert build(copy).endswith(f"open {copy / 'site' / 'index.html'}")
    assert [path.stem for path in (copy / "site" / "lessons").iterdir()] == ["02_convolution"]
    first = (copy / "site" / "index.html").read_text(encoding="utf-8")
    assert "Filters &amp; more" in first and "Slides" not in first
    (copy / "site" / "old.html").touch()
    build(copy)
    assert not (copy / "site" / "old.html").exists()
    assert (copy / "site" / "index.html").read_text(encoding="utf-8") == first


def test_an_answer_in_the_docs_stops_the_site(copy: Path) -> None:
    answer = without_marks(lessons()["02_convolution"].solutions["conv_forward"])
    with (copy / "docs" / "teaching.md").open("a", encoding="utf-8") as page:
        page.write("\n\n" + indent(answer, "    "))
    with pytest.raises(
        scan.LeakError, match=r"docs/teaching\.html holds the answer to conv_forward"
    ):
        build(copy)
    assert not (copy / "site").exists()


def test_what_sphinx_warns_of_stops_the_site(copy: Path) -> None:
    with (copy / "docs" / "teaching.md").open("a", encoding="utf-8") as page:
        page.write("\n\n[nowhere](class.md#no-such-place)\n")
    with pytest.raises(CourseError, match=r"teaching\.md.*no-such-place"):
        build(copy)
    assert not (copy / "site").exists()


def test_a_package_that_is_missing_is_named_before_anything_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(builder, "PACKAGES", ("sphinx_of_nobody",))
    with pytest.raises(CourseError, match=r"sphinx_of_nobody is missing.*: run make site"):
        next(run.site(course.root(), lessons(), tmp_path))


def test_a_folder_with_other_files_stays(tmp_path: Path) -> None:
    need("sphinx")
    (tmp_path / "thesis.txt").touch()
    with pytest.raises(CourseError, match="holds other files: name another folder with -o"):
        next(run.site(course.root(), lessons(), tmp_path))
    assert (tmp_path / "thesis.txt").exists()
