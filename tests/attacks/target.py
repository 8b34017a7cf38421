"""The course that is attacked: one small lesson, built by the project's own builder.

Its hidden checks and its solution hold a canary, a text found nowhere else, so that a leak shows.
In a check it stands where a traceback's few lines around an error do not reach it: only what looks
for it finds it.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from autograder import course
from autograder.airlock import fonts
from autograder.build import run

LESSON = "01_target"
CANARY = "hidden-canary-5821"
FULL = 20

# What the exercises are worth.
SCALE, ROWS, AFFINE = 5, 5, 10

SOURCE = f'''\
# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 01 A target
#
# Three short exercises.

# %% given="setup"
import numpy as np

from convbook import check

# %% exercise="scale"
def scale(x, a):
    """Return an array times a number."""
    ### BEGIN SOLUTION
    secret = "{CANARY}"
    return x * a
    ### END SOLUTION

# %% check="scale" points=3
check.same(scale(np.array([1.0, -2.0]), 3.0), np.array([3.0, -6.0]), "twice")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

random = judge.rng()
secret = "{CANARY}"
sizes = (1, 4, 7)
assert len(sizes) == 3
for size in sizes:
    judge.value("scale", scale, random.normal(size=size), float(random.normal()))
### END HIDDEN TESTS

# %% check="scale" part="table" points=2
check.same(scale(np.ones((2, 3)), 2.0), np.full((2, 3), 2.0), "a table")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

random = judge.rng()
secret = "{CANARY}"
shapes = ((2, 3), (4, 1, 2))
assert len(shapes) == 2
for shape in shapes:
    judge.value("scale", scale, random.normal(size=shape), float(random.normal()))
### END HIDDEN TESTS

# %% exercise="map_rows"
def map_rows(f, x):
    """Return an array of f(row) for each row of x."""
    ### BEGIN SOLUTION
    secret = "{CANARY}"
    return np.array([f(row) for row in x])
    ### END SOLUTION

# %% check="map_rows" points=5
check.same(map_rows(lambda row: float(row.sum()), np.ones((2, 3))), np.array([3.0, 3.0]), "sums")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

random = judge.rng()
secret = "{CANARY}"
weights = random.normal(size=5)

def weigh(row, kept=secret):
    return float(row @ weights)

table = random.normal(size=(3, 5))
assert table.shape == (3, 5)
judge.value("map_rows", map_rows, weigh, table)
### END HIDDEN TESTS

# %% exercise="affine_forward"
def affine_forward(x, w):
    """Return x @ w, and the cache that affine_backward needs."""
    ### BEGIN SOLUTION
    secret = "{CANARY}"
    return x @ w, (x, w)
    ### END SOLUTION


def affine_backward(dout, cache):
    """Return the gradient with respect to x."""
    ### BEGIN SOLUTION
    x, w = cache
    return dout @ w.T
    ### END SOLUTION

# %% check="affine_forward" points=4
out, cache = affine_forward(np.eye(2), np.array([[1.0, 2.0], [3.0, 4.0]]))
check.same(out, np.array([[1.0, 2.0], [3.0, 4.0]]), "out")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

random = judge.rng()
secret = "{CANARY}"
sizes = ((2, 3), (4, 1))
assert len(sizes) == 2
for n, m in sizes:
    judge.forward("affine_forward", affine_forward, random.normal(size=(3, n)),
                  random.normal(size=(n, m)))
### END HIDDEN TESTS

# %% check="affine_forward" part="backward" points=6
out, cache = affine_forward(np.eye(2), np.array([[1.0, 2.0], [3.0, 4.0]]))
check.same(affine_backward(np.eye(2), cache), np.array([[1.0, 3.0], [2.0, 4.0]]), "dx")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

random = judge.rng()
secret = "{CANARY}"
x, w = random.normal(size=(3, 4)), random.normal(size=(4, 2))
names = ("affine_forward", "affine_backward")
judge.backward(names, (affine_forward, affine_backward), x, w)
### END HIDDEN TESTS
'''

RIGHT = {
    "scale": "def scale(x, a):\n    return a * x",
    "map_rows": "def map_rows(f, x):\n    return np.array([f(row) for row in x])",
    "affine_forward": (
        "def affine_forward(x, w):\n    return x @ w, (x, w)\n\n\n"
        "def affine_backward(dout, cache):\n    return dout @ cache[1].T"
    ),
}
WRONG = {
    "scale": "def scale(x, a):\n    return x",
    "map_rows": "def map_rows(f, x):\n    return np.zeros(len(x))",
    "affine_forward": (
        "def affine_forward(x, w):\n    return np.zeros((len(x), w.shape[1])), None\n\n\n"
        "def affine_backward(dout, cache):\n    return dout"
    ),
}


def build(folder: Path) -> Path:
    """Build the course into an empty folder, and return the folder."""
    here = Path(__file__).resolve().parents[2]
    source = folder / "solutions" / LESSON / f"{LESSON}.py"
    source.parent.mkdir(parents=True)
    source.write_text(SOURCE, encoding="utf-8")
    shutil.copy(here / "nbgrader_config.py", folder)
    list(run.build(folder, []))
    return folder


@contextmanager
def chosen(folder: Path, home: Path) -> Iterator[course.Lesson]:
    """Make the course in a folder the one that is graded, with an empty home folder."""
    from matplotlib import font_manager  # noqa: F401 - it may write a list of fonts to the home

    before = {name: os.environ.get(name) for name in ("CONVBOOK_COURSE", "HOME")}
    home.mkdir(exist_ok=True)
    os.environ |= {"CONVBOOK_COURSE": str(folder), "HOME": str(home)}
    course.lessons.cache_clear()
    with tempfile.TemporaryDirectory() as aside:
        fonts.stage(Path(aside) / "fonts")  # the grader keeps its own list in the home, once
    try:
        yield course.lessons()[LESSON]
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
        course.lessons.cache_clear()
