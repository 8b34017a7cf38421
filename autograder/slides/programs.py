"""The programs that slides need beside Python: all that are missing are named at once."""

import shutil
from dataclasses import dataclass

from autograder.slides.source import DeckError


@dataclass(frozen=True)
class Program:
    """A program, what for, its package in Debian, and the names it may have on the PATH."""

    name: str
    purpose: str
    package: str
    commands: tuple[str, ...]

    def path(self) -> str | None:
        """Return where it is, if it is on the PATH."""
        return next(filter(None, map(shutil.which, self.commands)), None)


NPM = Program("npm", "fetches reveal.js once", "npm", ("npm",))
CHROMIUM = Program(
    "Chromium",
    "prints PDFs",
    "chromium",
    ("chromium", "chromium-browser", "google-chrome", "chrome"),
)


def find(*programs: Program) -> list[str]:
    """Return the path of each program.

    Raises:
        DeckError: some are missing; the text names them, and how Debian installs them.
    """
    missing = [program for program in programs if program.path() is None]
    if missing:
        names = ", and ".join(f"{program.name}, which {program.purpose}" for program in missing)
        packages = " ".join(program.package for program in missing)
        raise DeckError(f"not on this machine: {names} (Debian: sudo apt install {packages})")
    return [program.path() or "" for program in programs]
