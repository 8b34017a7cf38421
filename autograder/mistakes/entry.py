"""Write the entry of a new known mistake from a cell that somebody handed in."""

from collections.abc import Iterable

from autograder.course import CourseError, Lesson
from convbook.notebook import Cells, by_name


def cell_of(handed_in: Cells, exercise: str) -> str:
    """Return the text of an exercise's cell.

    Args:
        handed_in: the notebook.
        exercise: the name of the cell.
    """
    return str(by_name(handed_in)[exercise].source)


def exercise_of(lesson: Lesson, name: str) -> str:
    """Return the exercise cell that has this name, or defines a function of it.

    Raises:
        CourseError: there is none.
    """
    for exercise, functions in lesson.functions.items():
        if name == exercise or name in functions:
            return exercise
    raise CourseError(f"{lesson.name} has no exercise {name}; it has {', '.join(lesson.exercises)}")


def text(lesson: Lesson, exercise: str, source: str, failures: Iterable[str]) -> str:
    """Return an entry to be completed, as it stands in the lesson's file.

    Args:
        lesson: its lesson.
        exercise: the name of the exercise's cell.
        source: the cell that was handed in.
        failures: what each check of it that failed said first.
    """
    seen = "".join(f"    # {line}\n" for line in failures)
    return (
        f"# For autograder/mistakes/m{lesson.name[:2]}.py. Give it a name; write `edits` of the\n"
        "# solution in place of `code` where they say it shorter; then autograder build.\n"
        f'{seen}    Mistake("...", None, "{exercise}",\n'
        '        symptom="...",\n'
        '        hint="...?",\n'
        f"        code={_quoted(source)}),"
    )


def _quoted(source: str) -> str:
    """Write a text as a literal over several lines, where it can be one."""
    plain = '"""' not in source and "\\" not in source and not source.endswith('"')
    return f'"""\\\n{source.rstrip()}\n"""' if plain else repr(source)
