"""Build the website, look through it, and write it."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from autograder import plan
from autograder.course import CourseError, Lesson
from autograder.release import contents, folder, scan
from autograder.release.secrets import Secrets
from autograder.site import builder, sources
from autograder.slides import build as slides
from autograder.slides import packages
from autograder.slides.source import Deck

OPENING = "00_course"  # the deck that belongs to no lesson
INDEX = "index.html"
# What of the grader everybody may read, beside docs: what decks and pages are made of.
PUBLIC = ("autograder/slides/templates", "autograder/site/templates", "autograder/site/static")


def site(course: Path, lessons: Mapping[str, Lesson], target: Path) -> Iterator[str]:
    """Build the website of a course.

    Args:
        course: the course's folder.
        lessons: all its lessons by name.
        target: the folder of the website, which replaces the one that is there.

    Yields:
        A line for each thing that was done.

    Raises:
        CourseError: a program or a package is missing, something is wrong with a page, or
            something that students must not get would be on it. Then nothing is written.
    """
    builder.check()
    if target.exists() and any(target.iterdir()) and not (target / INDEX).is_file():
        raise CourseError(f"{target} holds other files: name another folder with -o")
    what = plan.read(course, lessons)
    given = contents.build(course, what, lessons, "")
    with tempfile.TemporaryDirectory() as place:
        work = Path(place)
        decks = []
        for path in _decks(course, what):
            decks.append(slides.write(path, work, packages.assets(course / "lectures")))
            yield f"slides: {decks[-1].title}"
        files = _extra(what, given, work)
        files |= _pages(course, what, lessons, given["README.md"].decode(), decks, work)
    scan.check(files, _secrets(course, what, lessons))
    yield f"looked through {len(files)} files: no solution, no hidden check, nothing of the grader"
    _write(target, files)
    yield f"the website is there: open {target / INDEX}"


def _decks(course: Path, what: plan.Plan) -> list[Path]:
    """Return the sources of the decks that go."""
    return [p for name, p in slides.decks(course).items() if name in (OPENING, *what.lessons)]


def _pages(
    course: Path,
    what: plan.Plan,
    lessons: Mapping[str, Lesson],
    readme: str,
    decks: list[Deck],
    work: Path,
) -> dict[str, bytes]:
    """Return what Sphinx makes, by its path."""
    shown = {deck.name for deck in decks}
    pages = [sources.page(lessons[name], name in shown) for name in what.lessons]
    sources.write(work / "sources", course, what, readme, pages, decks)
    return builder.build(work / "sources", work / "pages", what.name)


def _extra(what: plan.Plan, given: Mapping[str, bytes], built: Path) -> dict[str, bytes]:
    """Return what lies on the website as it is, by its path."""
    found = {f"slides/{path.name}": path.read_bytes() for path in sorted(built.glob("*.html"))}
    for name in what.lessons:
        found[f"given/{name}.ipynb"] = given[f"notebooks/{name}/{name}.ipynb"]
    found[f"given/{what.slug}.zip"] = folder.packed(what.slug, folder.with_sums(given))
    return found | {".nojekyll": b""}  # else GitHub would leave out _static


def _secrets(course: Path, what: plan.Plan, lessons: Mapping[str, Lesson]) -> Secrets:
    """Return what must not be on the website; docs may quote the grader, but no answers."""
    found = Secrets(course, lessons.values(), what.lessons)
    docs = [course / "docs" / f"{name}.md" for name in sources.DOCS]
    for path in [*docs, *(p for name in PUBLIC for p in sorted((course / name).iterdir()))]:
        found.publish(path.read_text(encoding="utf-8"))
    return found


def _write(target: Path, files: Mapping[str, bytes]) -> None:
    """Write a folder in the place of the one that is there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as place:
        new = Path(place) / "site"
        for name, content in files.items():
            path = new / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        shutil.rmtree(target, ignore_errors=True)
        new.rename(target)
