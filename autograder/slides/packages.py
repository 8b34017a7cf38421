"""The JavaScript of the slides: packages of npm, pinned by lectures/package.json and its lock."""

import json
import subprocess
from pathlib import Path

from autograder.slides.programs import NPM, find
from autograder.slides.source import DeckError

PACKAGE = "reveal.js"
FILES = ("reset.css", "reveal.css", "reveal.js", "plugin/notes.js")


def assets(folder: Path) -> dict[str, str]:
    """Read what a deck needs of reveal.js, which npm fetches where it is not there yet.

    Args:
        folder: of the decks, with package.json.

    Returns:
        The text of each of FILES.

    Raises:
        DeckError: npm is missing, or cannot fetch; the text says what to do.
    """
    if not fetched(folder):
        _fetch(folder)
    dist = _home(folder) / "dist"
    return {name: (dist / name).read_text(encoding="utf-8") for name in FILES}


def fetched(folder: Path) -> bool:
    """Tell whether the pinned reveal.js is there, so that npm is not needed."""
    wanted = json.loads((folder / "package.json").read_text(encoding="utf-8"))["dependencies"]
    return _version(_home(folder)) == wanted[PACKAGE]


def _home(folder: Path) -> Path:
    return folder / "node_modules" / PACKAGE


def _version(home: Path) -> str | None:
    try:
        return json.loads((home / "package.json").read_text(encoding="utf-8"))["version"]
    except (OSError, ValueError, KeyError):
        return None


def _fetch(folder: Path) -> None:
    (npm,) = find(NPM)
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise DeckError(
            f"npm could not fetch {PACKAGE}, which needs the network once. Try again where there "
            f"is one, or bring {folder / 'node_modules'} from a copy of the course where "
            f"make slides has worked. npm says:\n{done.stderr.strip()}"
        )
