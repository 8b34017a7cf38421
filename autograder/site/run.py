"""Build the website, look through it, and write it."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from autograder.course import Lesson
from autograder.release import contents, folder, plan, scan
from autograder.release.secrets import Secrets
from autograder.site import builder, sources
from autograder.slides import build as slides
from autograder.slides import source

OPENING = "00_course"  # the deck that belongs to no lesson
# What of the grader everybody may read: docs, and what decks and pages are made of.
PUBLIC = ("autograder/slides/templates", "autograder/site/templates", "autograder/site/static")


def site(course: Path, lessons: dict[str, Lesson]) -> Iterator[str]:
    """Build the website of a course, in build/site.

    Args:
        course: the course's folder.
        lessons: all its lessons by name.

    Yields:
        A line for each thing that was done.

    Raises:
        CourseError: a program or a package is missing, something is wrong with a page, or
            something that students must not get would be on it. Then nothing is written.
    """
    what = plan.read(course, lessons)
    decks = [name for name in slides.decks(course) if name in (OPENING, *what.lessons)]
    yield from slides.build(course, decks)
    given = contents.build(course, what, lessons, "")
    files = _pages(course, what, lessons, given, decks) | _extra(course, what, given, decks)
    scan.check(files, _secrets(course, what, lessons))
    yield f"looked through {len(files)} files: no solution, no hidden check, nothing of the grader"
    _write(course / "build" / "site", files)
    yield f"{len(what.lessons)} lessons are in build/site: open build/site/index.html"


def _pages(
    course: Path,
    what: plan.Plan,
    lessons: dict[str, Lesson],
    given: dict[str, bytes],
    decks: list[str],
) -> dict[str, bytes]:
    """Return what Sphinx makes, by its path."""
    known = slides.decks(course)
    with tempfile.TemporaryDirectory() as place:
        sources.write(
            Path(place) / "sources",
            course,
            what,
            given["README.md"].decode(),
            [sources.page(lessons[name], name in decks) for name in what.lessons],
            [source.read(known[name]) for name in decks],
        )
        return builder.build(Path(place) / "sources", Path(place) / "pages", what.name)


def _extra(
    course: Path, what: plan.Plan, given: dict[str, bytes], decks: list[str]
) -> dict[str, bytes]:
    """Return what lies on the website as it is, by its path."""
    built = course / "build" / "lectures"
    found = {f"slides/{name}.html": (built / f"{name}.html").read_bytes() for name in decks}
    for name in what.lessons:
        found[f"given/{name}.ipynb"] = given[f"notebooks/{name}/{name}.ipynb"]
    found[f"given/{what.slug}.zip"] = folder.packed(what.slug, folder.with_sums(given))
    return found | {".nojekyll": b""}  # else GitHub would leave out _static


def _secrets(course: Path, what: plan.Plan, lessons: dict[str, Lesson]) -> Secrets:
    secrets = Secrets(course, lessons.values(), what.lessons)
    docs = [course / "docs" / f"{name}.md" for name in sources.DOCS]
    for path in [*docs, *(path for name in PUBLIC for path in (course / name).iterdir())]:
        secrets.publish(path.read_text(encoding="utf-8"))
    return secrets


def _write(target: Path, files: dict[str, bytes]) -> None:
    """Write a folder in the place of the one that is there."""
    target.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as place:
        new = Path(place) / "site"
        for name, content in files.items():
            path = new / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        shutil.rmtree(target, ignore_errors=True)
        new.rename(target)
