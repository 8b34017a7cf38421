"""The JavaScript of the slides: packages of npm, pinned by lectures/package.json and its lock."""

import json
import shutil
import subprocess
from pathlib import Path

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
    wanted = json.loads((folder / "package.json").read_text(encoding="utf-8"))["dependencies"]
    home = folder / "node_modules" / PACKAGE
    if _version(home) != wanted[PACKAGE]:
        _fetch(folder)
    return {name: (home / "dist" / name).read_text(encoding="utf-8") for name in FILES}


def _version(home: Path) -> str | None:
    try:
        return json.loads((home / "package.json").read_text(encoding="utf-8"))["version"]
    except (OSError, ValueError, KeyError):
        return None


def _fetch(folder: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise DeckError(
            f"slides need {PACKAGE}, which npm fetches once, and npm is not on the PATH: "
            "install Node.js (Debian: apt-get install npm; conda: conda install nodejs)"
        )
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise DeckError(
            f"npm could not fetch {PACKAGE}, which needs the network once. Try again where there "
            f"is one, or bring {folder / 'node_modules'} from a copy of the course where "
            f"make slides has worked. npm says:\n{done.stderr.strip()}"
        )
