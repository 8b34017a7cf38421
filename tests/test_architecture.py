"""docs/architecture.md shows the code as it is, and what README and docs name is there."""

import ast
import importlib.util
import pkgutil
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/architecture.md"
PICTURES = sorted((ROOT / "docs/ways").glob("*.txt"))
TOLD = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "lectures/README.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
MADE = (
    ".venv/",
    "build/browser",
    "build/lectures",
    "build/release",
    "class/",
    "hand-in/",
    "slurm.py",
)  # by users
HOMES = ("autograder", "convbook", "lectures", "scripts", "tests")  # of a file named without folder
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LAYERS = {
    contract["containers"][0]: contract["layers"][::-1]
    for contract in PROJECT["tool"]["importlinter"]["contracts"]
    if contract["type"] == "layers"
}
ROOMS = [f"{package}/{name}" for package, names in LAYERS.items() for name in names]
FOLDERS = [room for room in ROOMS if (ROOT / room).is_dir()]


def drawn(source: Path) -> str:
    """The picture that scripts/ways.py makes of a text."""
    spec = importlib.util.spec_from_file_location("ways", ROOT / "scripts/ways.py")
    assert spec is not None and spec.loader is not None
    ways = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(ways)
    return ways.draw(source.read_text(encoding="utf-8"))


def links(page: Path) -> list[str]:
    """Where the links of a page lead to, but for addresses and places within it."""
    return re.findall(r"\]\(([^):#]+)[^):]*\)", page.read_text(encoding="utf-8"))


def named(page: Path) -> Iterator[str]:
    """What a page calls a path or a module: in backticks, and in commands where the folder is ours.

    NN stands for the number of a lesson and topic for its name.
    """
    text = page.read_text(encoding="utf-8")
    for span in re.findall(r"`([^`]+)`", text):
        yield from span.split()
    for word in " ".join(re.findall(r"^ {4,}(.*)", text, re.MULTILINE)).split():
        if (ROOT / word.split("/")[0]).is_dir():
            yield word


def is_there(word: str, page: Path) -> bool:
    """Tell whether something of this name is in the repository; also of what is no path."""
    if re.fullmatch(r"(autograder|convbook)(\.\w+)+", word):
        return pkgutil.resolve_name(word) is not None
    if re.fullmatch(r"test_\w+", word):
        word += ".py"
    if word.startswith(MADE) or not re.fullmatch(r"([\w.-]+/)+[\w.*-]*|\w+\.py", word):
        return True
    pattern = word.rstrip("/").replace("NN_topic", "NN_*").replace("NN", "[0-9][0-9]")
    bases = [ROOT, page.parent, *(ROOT / home for home in HOMES)]
    found = (path for base in bases for path in base.glob(pattern))
    if "/" not in word:
        found = (path for home in HOMES for path in (ROOT / home).rglob(pattern))
    return any(map(holds_something, found))


def holds_something(path: Path) -> bool:
    """Tell whether a path is a file, or a folder with more in it than what Python leaves behind."""
    return path.is_file() or any(
        p.is_file() and "__pycache__" not in p.parts for p in path.rglob("*")
    )


def test_the_rooms_are_those_of_the_contracts_from_low_to_high() -> None:
    rows = re.findall(r"^\| \[.+?\]\(\.\./(.+?)\) \|", PAGE.read_text(encoding="utf-8"), re.M)
    assert [row.removesuffix(".py") for row in rows] == [
        *(f"convbook/{name}" for name in LAYERS["convbook"]),
        *(f"autograder/{name}" for name in LAYERS["autograder"]),
    ]


@pytest.mark.parametrize("room", FOLDERS)
def test_a_room_says_what_it_is_for(room: str) -> None:
    tree = ast.parse((ROOT / room / "__init__.py").read_text(encoding="utf-8"))
    said = ast.get_docstring(tree) or ""
    assert len(re.findall(r"[^.?!]{10,}[.?!](?=\s|$)", said)) >= 2


@pytest.mark.parametrize("source", PICTURES, ids=lambda path: path.stem)
def test_a_picture_is_what_its_text_gives(source: Path) -> None:
    assert source.with_suffix(".svg").read_text(encoding="utf-8") == drawn(source)


def test_every_picture_is_shown_with_words_in_its_place() -> None:
    shown = re.findall(r"!\[(.+?)\]\(ways/(\w+)\.svg\)", PAGE.read_text(encoding="utf-8"))
    assert sorted(name for _, name in shown) == [source.stem for source in PICTURES]
    assert min(len(words) for words, _ in shown) > 50


@pytest.mark.parametrize("page", TOLD, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_page_names_is_there(page: Path) -> None:
    dead = [link for link in links(page) if not (page.parent / link).exists()]
    assert dead == []
    assert [word for word in named(page) if not is_there(word.rstrip(",.;:"), page)] == []
