"""Build what students are given, look through it, and write it."""

from collections.abc import Iterator
from pathlib import Path

from autograder import disk, plan
from autograder.course import CourseError, Lesson
from autograder.release import contents, folder, links, repository, scan
from autograder.release.secrets import Secrets


def release(
    course: Path,
    lessons: dict[str, Lesson],
    place: Path,
    wheel_url: str,
    address: str,
    github: bool = False,
) -> Iterator[str]:
    """Give the course out: a folder with a history of its own, and a zip file beside it.

    Args:
        course: the course's folder.
        lessons: all its lessons by name.
        place: the folder in which both go.
        wheel_url: from where notebooks can download the wheel, or ''.
        address: of the repository, once it is pushed, or ''; links for students are made of it.
        github: whether GitHub is to run the checks that lessons show.

    Yields:
        A line for each thing that was done.

    Raises:
        CourseError: course.toml or the folder cannot be used, or something that students must not
            get would have gone out. Then nothing is written.
    """
    what = plan.read(course, lessons)
    target, archive = place / what.slug, place / f"{what.slug}.zip"
    before = folder.sums(target)
    files = folder.with_sums(contents.build(course, what, lessons, wheel_url, github))
    folder.check(target, before, files)
    zipped = folder.packed(what.slug, files)
    secrets = Secrets(course, lessons.values(), what.lessons)
    scan.check(files | {archive.name: zipped} | repository.objects(target), secrets)
    try:
        folder.write(target, before, files)
        disk.write(archive, zipped)
    except OSError as error:
        if disk.is_full(error):
            raise
        raise CourseError(f"{error.filename or target}: {error.strerror or error}") from None
    yield f"looked through {len(files)} files: no solution, no hidden check, nothing of the grader"
    yield f"{len(what.lessons)} lessons are in {target}, and packed in {archive}"
    if repository.is_installed():
        message = f"{what.name}: {len(what.lessons)} lessons"
        new = repository.commit(target, {*before, *files}, message)
        yield "its history has one commit more" if new else "its history: nothing has changed"
    else:
        yield "without a history: Git is missing (Debian: sudo apt install git)"
    yield from links.for_students(address, what)
