"""Build every lesson, check that what is committed is what the sources build, import edits."""

from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder import asking
from autograder.build import lint, source
from autograder.build.generate import generate
from autograder.course import CourseError, Lesson
from convbook.guess import asked
from convbook.notebook import Cells, nodes


def build(course: Path, names: list[str]) -> Iterator[str]:
    """Build lessons from their text sources, in place.

    Args:
        course: the course's folder.
        names: lessons to build; all if empty.

    Yields:
        One line for each file that changed.

    Raises:
        CourseError: a built notebook was edited by hand; nothing of that lesson is written.
    """
    for text in _sources(course, names):
        paths = _paths(course, text.stem)
        for path in paths:
            if source.edited_by_hand(path):
                raise CourseError(_advice(path, course))
        built = _build(course, text)
        files = dict(zip(paths, map(source.text_of, built), strict=True))
        files[_asked(course, text.stem)] = _sealed(built[0], text.stem)
        for path, new in files.items():
            if _text(path) != new:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(new, encoding="utf-8")
                yield f"built {path.relative_to(course)}"


def check(course: Path, names: list[str]) -> Iterator[str]:
    """Build aside and compare; yield one line for everything that is not as it should be."""
    for text in _sources(course, names):
        paths = _paths(course, text.stem)
        built = _build(course, text)
        for path, notebook in zip(paths, built, strict=True):
            yield from _compare(path, notebook, course)
        if _text(_asked(course, text.stem)) != _sealed(built[0], text.stem):
            yield f"{text.stem}: its guesses are not what its source asks; run autograder build"
        lesson = Lesson(paths[0])
        lesson.notebook = nodes(built[0])
        for finding in lint.lint(lesson, _stored(paths[0], built[0])):
            yield f"{text.stem}: {finding}"
        for finding in lint.lint_released(_stored(paths[1], built[1])):
            yield f"{text.stem}: {finding}"


def import_edit(course: Path, name: str) -> Path:
    """Take a solution notebook that was edited by hand back into its text source.

    Returns:
        The source's path. The notebooks are not rebuilt.

    Raises:
        CourseError: there is no such notebook.
    """
    solution = _paths(course, name)[0]
    if not solution.exists():
        raise CourseError(f"{solution.relative_to(course)}: no such notebook")
    text = solution.with_suffix(".py")
    notebook = nbformat.read(solution, as_version=4)
    text.write_text(source.to_source(notebook), encoding="utf-8")
    rebuilt = source.to_notebook(text.read_text(encoding="utf-8"), name)
    solution.write_text(source.text_of(rebuilt), encoding="utf-8")
    return text


def _sources(course: Path, names: list[str]) -> list[Path]:
    found = {p.stem: p for p in sorted(course.glob("solutions/*/*.py")) if p.stem == p.parent.name}
    unknown = sorted(set(names) - set(found))
    if unknown:
        raise CourseError(f"no lesson {', '.join(unknown)}; there are {', '.join(found)}")
    return [found[name] for name in names] if names else list(found.values())


def _paths(course: Path, name: str) -> tuple[Path, Path, Path]:
    """Name the solution, what students work in, and the same for their tools, untouched."""
    file = Path(name) / f"{name}.ipynb"
    tools = course / "convbook" / "handout" / "lessons" / file.name
    return course / "solutions" / file, course / "notebooks" / file, tools


def _asked(course: Path, name: str) -> Path:
    """Name the file of what a lesson asks to be guessed."""
    return course / "convbook" / "guess" / "asked" / f"{name}.json"


def _sealed(solution: Cells, name: str) -> str:
    try:
        return asked.written(asking.questions(solution, name))
    except asking.AskingError as error:
        raise CourseError(f"{name}: {error}") from None


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _build(course: Path, text: Path) -> tuple[NotebookNode, NotebookNode, NotebookNode]:
    solution = source.to_notebook(text.read_text(encoding="utf-8"), text.stem)
    released = generate(course, text.stem, solution)
    return solution, released, released


def _stored(path: Path, built: NotebookNode) -> NotebookNode:
    return nbformat.read(path, as_version=4) if path.exists() else built


def _compare(path: Path, built: NotebookNode, course: Path) -> Iterator[str]:
    shown = path.relative_to(course)
    if not path.exists():
        yield f"{shown}: missing; run autograder build"
    elif source.edited_by_hand(path):
        yield _advice(path, course)
    elif path.read_text(encoding="utf-8") != source.text_of(built):
        yield f"{shown}: not what its source builds; run autograder build"


def _advice(path: Path, course: Path) -> str:
    shown = path.relative_to(course)
    if shown.parts[0] == "solutions":
        return (
            f"{shown} was edited by hand. 'autograder import {path.stem}' takes the change into"
            " its text source; deleting the notebook drops it."
        )
    return (
        f"{shown} was worked in. Keep a copy elsewhere and delete it here;"
        " 'autograder build' makes a fresh one."
    )
