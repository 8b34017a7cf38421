"""A check of choices is no oracle: of a table of words it says how many are right, never which."""

import ast
import contextlib
import io
from collections.abc import Iterator

import pytest

from autograder.airlock import Limits
from autograder.airlock.told import DIFFERS, told
from autograder.course import Check, lessons
from autograder.judging import judge, rehearse, state
from convbook import notebook

# Exercises whose answer is a table of words or of yes and no.
CHOICES = {"01_volumes": "layer_facts", "10_gpu": "predictions"}
# Their words are code, which a student can run at home.
CODE = {("13_kernels", "corrections")}
MOST = 40  # characters of a word


def words(node: ast.AST) -> list[ast.Constant]:
    """Return the words, and yes and no, that a literal consists of."""
    if isinstance(node, ast.Dict):
        return [word for value in node.values for word in words(value)]
    if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        return [word for value in node.elts for word in words(value)]
    is_word = isinstance(node, ast.Constant) and isinstance(node.value, (str, bool))
    return [node] if is_word and len(str(node.value)) <= MOST else []


def tables(source: str) -> Iterator[list[ast.Constant]]:
    """Yield the words of what looks like a table of choices: a dict, or what is returned."""
    for node in ast.walk(ast.parse(source)):
        found = words(node) if isinstance(node, ast.Dict) else []
        if isinstance(node, ast.Return) and node.value is not None:
            found = words(node.value)
        if len(found) > 1:
            yield found


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("def f():\n    return {'a': 'yes', 'b': 'no'}", 2),
        ("def f():\n    return [True, False, True]", 3),
        ("def f(kind):\n    table = {1: (True, ['K', 'F'])}\n    return table[kind]", 3),
        ("def f():\n    return ('runs', 'waits')", 2),
        ("def f(x):\n    return {'loss': x}", 0),
    ],
)
def test_a_new_table_is_seen(source: str, count: int) -> None:
    assert max(map(len, tables(source)), default=0) == count


def test_every_exercise_of_choices_is_known() -> None:
    found = {
        (lesson.name, name)
        for lesson in lessons().values()
        for name, source in lesson.solutions.items()
        if any(tables(source))
    }
    assert found - CODE == set(CHOICES.items())


@pytest.mark.parametrize("lesson", CHOICES)
def test_whichever_choice_is_wrong_the_same_is_told(lesson: str) -> None:
    known, name = lessons()[lesson], CHOICES[lesson]
    (check,) = (c for c in known.checks if c.exercise == name)
    source = known.solutions[name]
    state.begin(lesson, 1)
    assert judge.is_choice(check.id)
    seen = set()
    for wrong in each_wrong(source):
        names = rehearse.student(known, {name: wrong})
        if passes_shown(check, names):
            error = rehearse.run(check, names)
            if error is not None:  # else two that may stand in each other's place
                seen.add(told(error, Limits()))
    assert len(seen) == 1 and DIFFERS not in seen, seen


def each_wrong(source: str) -> Iterator[str]:
    """Yield a solution with one choice of its largest table wrong, or two in each other's place."""
    count = max(map(len, tables(source)))
    for first in range(count):
        for second in range(first, count):
            tree = ast.parse(source)
            chosen = next(table for table in _tables_of(tree) if len(table) == count)
            one, other = chosen[first], chosen[second]
            if one is other:
                one.value = not one.value if isinstance(one.value, bool) else "another"
            else:
                one.value, other.value = other.value, one.value
            if ast.unparse(tree) != ast.unparse(ast.parse(source)):
                yield ast.unparse(tree)


def _tables_of(tree: ast.AST) -> Iterator[list[ast.Constant]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            yield words(node)


def passes_shown(check: Check, names: dict) -> bool:
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            exec(notebook.public(check.source), dict(names))
        except Exception:
            return False
    return True
