"""The command line: convbook lab | progress | hand-in | doctor | data."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from convbook import notebook

HERE = Path(__file__).resolve().parent
LAB = "Open the lessons of FOLDER in JupyterLab. Where none is named, they are the course's own."
PASSED_ON = """Every other option goes to JupyterLab as it is, for example: convbook lab --port 8931
--no-browser. Paths in them count from FOLDER. A word after an option is its value, unless
JupyterLab knows the option as one without. All of them: convbook lab --help-all"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    parser = argparse.ArgumentParser(prog="convbook", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    lab = commands.add_parser(
        "lab",
        help="open the course in JupyterLab",
        usage="%(prog)s [-h] [--instructor] [FOLDER] [JUPYTERLAB'S OPTIONS]",
        description=LAB,
        epilog=PASSED_ON,
        allow_abbrev=False,  # what begins like an option of ours may be one of JupyterLab's
    )
    lab.add_argument(
        "--instructor", action="store_true", help="the whole course, with Formgrader and a class"
    )
    lab.add_argument(
        "--notebook-dir",
        "--ServerApp.root_dir",
        dest="folder",
        metavar="FOLDER",
        nargs=1,
        default=[],
        help="JupyterLab's own names for it",
    )
    lab.set_defaults(command=_lab)

    progress = commands.add_parser("progress", help="show your points so far, and what is next")
    progress.add_argument("folder", nargs="?", type=Path, help="holds the lessons")
    progress.add_argument("--seconds", type=float, help="how long one lesson may take; 60")
    progress.add_argument(
        "--summary", type=Path, metavar="FILE", help="add to a Markdown file what differs"
    )
    progress.set_defaults(command=_progress)

    handin = commands.add_parser(
        "hand-in", help="look a notebook over, and make the file to hand in"
    )
    handin.add_argument("notebook", type=Path)
    handin.add_argument("-o", "--output", type=Path, default=Path("hand-in"), help="where it goes")
    handin.add_argument(
        "--with-guesses", action="store_true", help="put your predictions in, too; else they stay"
    )
    handin.set_defaults(command=_hand_in)

    doctor = commands.add_parser("doctor", help="look for what is wrong with this machine")
    doctor.set_defaults(command=_doctor)

    data = commands.add_parser("data", help="get the pictures that the course cannot ship")
    data.add_argument("name", choices=["cifar10"])
    data.add_argument("--from", dest="source", type=Path, help="a copy that you have")
    data.set_defaults(command=_data)

    args, rest = parser.parse_known_args(argv)
    if rest and args.command is not _lab:  # only JupyterLab takes further options
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    return args.command(args, rest)


def _lab(args: argparse.Namespace, rest: list[str]) -> int:
    """Start JupyterLab. The folder is among the options that go to it as they are."""
    from convbook.desk import lab  # here and below: what is not needed is not loaded

    try:
        named, options = lab.split([*args.folder, *rest])
        if args.instructor:
            return lab.instructor((named or _checkout()).resolve(), options)
        folder = (named or _course()).resolve()
        return lab.student(folder, options) if _lessons(folder, "lab") else 2
    except lab.LabError as error:
        print(f"convbook: {error}", file=sys.stderr)
        return 2


def _progress(args: argparse.Namespace, rest: list[str]) -> int:
    from convbook.desk import known, progress, summary
    from convbook.guess import kept

    lessons = _lessons((args.folder or _course()).resolve(), "progress")
    if not lessons:
        return 2
    seconds = progress.SECONDS if args.seconds is None else args.seconds
    found = progress.show(known.look(lessons, seconds), lambda text: print(text, flush=True))
    if guesses := kept.said(lessons[0].parent.parent):
        print(guesses)
    if args.summary:
        try:
            with args.summary.open("a", encoding="utf-8") as file:
                file.write(summary.of(found))
        except OSError as error:
            print(f"convbook: {args.summary} cannot be written to: {error}", file=sys.stderr)
            return 2
    return 0


def _hand_in(args: argparse.Namespace, rest: list[str]) -> int:
    from convbook.desk import handin

    try:
        return handin.hand_in(args.notebook, args.output, with_guesses=args.with_guesses)
    except OSError as error:
        print(f"convbook: {args.output} cannot be written to: {error}", file=sys.stderr)
        return 2


def _doctor(args: argparse.Namespace, rest: list[str]) -> int:
    from convbook.desk import doctor

    return doctor.main()


def _data(args: argparse.Namespace, rest: list[str]) -> int:
    from convbook import data
    from convbook.data import cifar10

    try:
        path = data.fetch("cifar10") if args.source is None else cifar10.keep(args.source)
        pictures = data.load("cifar10", path)
    except (data.DownloadError, OSError, ValueError) as error:
        print(f"convbook: {error}", file=sys.stderr)
        return 2
    named = os.environ.get(cifar10.VARIABLE)
    if named and Path(named) != path:
        print(f"{cifar10.VARIABLE} names {named}, and goes first: unset it.", file=sys.stderr)
    count = len(pictures.x_train) + len(pictures.x_test)
    print(f'CIFAR-10, {count:,} pictures, is in {path}. In a notebook: data.load("cifar10")')
    return 0


def _lessons(folder: Path, command: str) -> list[Path]:
    """Find the notebooks of the lessons in a folder. Where there are none, say what to do."""
    found = notebook.lessons_in(folder)
    if not found:
        print(
            f"convbook: {folder} holds no lessons. Name the folder that holds 01_volumes and the"
            f" others: convbook {command} FOLDER",
            file=sys.stderr,
        )
    return found


def _course() -> Path:
    """Find the notebooks: below this folder, or in the checkout this package lies in."""
    here = Path.cwd()
    places = [here / "notebooks", here, HERE.parent / "notebooks"]
    return next((place for place in places if any(place.glob("*_*/*.ipynb"))), here)


def _checkout() -> Path:
    """Find the whole course: this folder, or the checkout this package lies in."""
    return next((p for p in (Path.cwd(), HERE.parent) if (p / "solutions").is_dir()), Path.cwd())


if __name__ == "__main__":
    sys.exit(main())
