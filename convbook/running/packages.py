"""Which installed packages student code has while it is graded, and nothing more.

SciPy, PyTorch and whatever else is installed on the grading machine stay out of reach, and so
does autograder itself: only what the packages below say they require is made visible.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import metadata
from importlib.machinery import PathFinder
from pathlib import Path

ROOTS = ("ipython", "matplotlib", "matplotlib-inline", "msgpack", "numpy", "threadpoolctl")
NEVER = ("autograder", "convbook")  # convbook is staged by the caller, less what must not show


@cache
def visible(roots: tuple[str, ...] = ROOTS) -> dict[str, Path]:
    """Return the top-level files and folders of the packages and all they require, by name."""
    found: dict[str, Path] = {}
    for distribution in _distributions(roots):
        record = distribution.read_text("RECORD") or ""
        names = {line.split(",")[0].strip('"').split("/")[0] for line in record.splitlines()}
        for name in names - {"..", "__pycache__", "", *NEVER}:
            path = Path(str(distribution.locate_file(name)))
            if path.exists():
                found[name] = path.resolve()
    return found


def closure(roots: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names of the packages and of all they require here, as a lock file writes them."""
    return tuple(_key(found.metadata["Name"]) for found in _distributions(roots))


def _key(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _distributions(roots: tuple[str, ...]) -> list[metadata.Distribution]:
    todo, seen, result = list(roots), set(), []
    while todo:
        name = _key(todo.pop())
        if name in seen:
            continue
        seen.add(name)
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # required elsewhere only, such as on Windows
        result.append(distribution)
        for line in distribution.requires or []:
            if "extra ==" not in line:
                todo.append(re.split(r"[^A-Za-z0-9._-]", line.strip(), maxsplit=1)[0])
    return result


@cache
def _modules() -> frozenset[str]:
    return frozenset(file.split(".")[0] for file in visible())


def withheld(name: str) -> bool:
    """Tell whether a top-level module is installed here, and missing where notebooks are graded."""
    if name == "convbook" or name in _modules():
        return False
    spec = PathFinder.find_spec(name)
    places = [spec.origin or "", *(spec.submodule_search_locations or [])] if spec else []
    return any(f"{folder}-packages" in place for place in places for folder in ("site", "dist"))
