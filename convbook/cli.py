"""The command line: convbook lab."""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

# Menus of instructors and the news are off; the user's own settings are left alone.
SETTINGS = Path(__file__).resolve().parent / "jupyter"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    parser = argparse.ArgumentParser(prog="convbook", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    lab = commands.add_parser("lab", help="open the course in JupyterLab")
    lab.add_argument("folder", nargs="?", type=Path, help="holds the lessons; the course's own")
    lab.set_defaults(command=_lab)
    args, rest = parser.parse_known_args(argv)
    return args.command(args, rest)


def _lab(args: argparse.Namespace, rest: list[str]) -> int:
    """Start JupyterLab at the first lesson. Further options go to JupyterLab as they are."""
    folder = (args.folder or _course()).resolve()
    lessons = sorted(path for path in folder.glob("*/*.ipynb") if path.stem == path.parent.name)
    if not lessons:
        print(
            f"convbook: {folder} holds no lessons. Name the folder that holds 01_volumes and the"
            " others: convbook lab FOLDER",
            file=sys.stderr,
        )
        return 2
    first = lessons[0].relative_to(folder).as_posix()
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={folder}"]
    command += [f"--LabApp.default_url=/lab/tree/{first}", *_as_root(), *rest]
    env = os.environ | {"JUPYTER_CONFIG_PATH": _with_settings()}
    try:
        return subprocess.call(command, env=env)
    except KeyboardInterrupt:
        return 0


def _course() -> Path:
    """Find the notebooks: below this folder, or in the checkout this package lies in."""
    here = Path.cwd()
    places = [here / "notebooks", here, Path(__file__).resolve().parents[1] / "notebooks"]
    return next((place for place in places if any(place.glob("*_*/*.ipynb"))), here)


def _with_settings() -> str:
    theirs = os.environ.get("JUPYTER_CONFIG_PATH")
    return os.pathsep.join(filter(None, [str(SETTINGS), theirs]))


def _as_root() -> list[str]:
    """Allow a container's root user, whom Jupyter refuses by default."""
    return ["--allow-root"] if getattr(os, "geteuid", lambda: 1)() == 0 else []


if __name__ == "__main__":
    sys.exit(main())
