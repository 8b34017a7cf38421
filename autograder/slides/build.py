"""Build decks: from lectures/NAME.py to build/lectures/NAME.html."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from autograder.slides import packages, pdf
from autograder.slides.page import page
from autograder.slides.programs import CHROMIUM, NPM, Program, find
from autograder.slides.running import run
from autograder.slides.source import Deck, DeckError, read


def decks(course: Path) -> dict[str, Path]:
    """The sources of the course's decks, by name, in teaching order."""
    return {path.stem: path for path in sorted((course / "lectures").glob("[0-9][0-9]_*.py"))}


def build(course: Path, names: Sequence[str], with_pdf: bool = False) -> Iterator[str]:
    """Build the named decks, all where none is named, and say of each what was built.

    Raises:
        DeckError: a deck or a program is not there, and nothing is built; or something is wrong
            with a deck, and the others are.
    """
    known = decks(course)
    if not known:
        raise DeckError(f"{course / 'lectures'} holds no deck")
    for name in names:
        if name not in known:
            raise DeckError(f"there is no deck {name}; there are {', '.join(known)}")
    lectures = course / "lectures"
    find(*_needed(lectures, with_pdf))
    assets = packages.assets(lectures)
    folder = course / "build" / "lectures"
    folder.mkdir(parents=True, exist_ok=True)
    make = partial(_make, folder=folder, assets=assets, with_pdf=with_pdf)
    wrong = []
    for made in _each(make, [known[name] for name in names or known]):
        if isinstance(made, DeckError):
            wrong.append(str(made))
        else:
            yield made
    if wrong:
        raise DeckError("\n".join(wrong))
    yield f"Built in {folder.relative_to(course)}."


def _each(
    make: Callable[[Path], str | DeckError], sources: list[Path]
) -> Iterator[str | DeckError]:
    """Make the decks in their order, on as many processors as there are."""
    workers = min(len(sources), os.cpu_count() or 1)
    if workers == 1:
        yield from map(make, sources)
        return
    # Each process begins anew: a copy of this one could inherit locks of threads that it lacks.
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        yield from pool.map(make, sources)


def _make(source: Path, folder: Path, assets: dict[str, str], with_pdf: bool) -> str | DeckError:
    """Write a deck, and print it; say what was built, or give what is wrong."""
    try:
        deck = write(source, folder, assets)
        if with_pdf:
            pdf.export(folder / f"{deck.name}.html", len(deck.slides))
        return _line(deck, folder, with_pdf)
    except DeckError as error:
        return error


def _needed(lectures: Path, with_pdf: bool) -> list[Program]:
    wanted = {NPM: not packages.fetched(lectures), CHROMIUM: with_pdf}
    return [program for program in wanted if wanted[program]]


def write(source: Path, folder: Path, assets: dict[str, str]) -> Deck:
    """Read and run one deck and write its page, folder/NAME.html."""
    deck = read(source)
    (folder / f"{deck.name}.html").write_text(page(deck, run(deck), assets), encoding="utf-8")
    return deck


def _line(deck: Deck, folder: Path, with_pdf: bool) -> str:
    size = (folder / f"{deck.name}.html").stat().st_size / 2**20
    return (
        f"{deck.name}: {len(deck.slides)} slides, {deck.questions} questions, "
        f"{deck.minutes:g} min, {size:.1f} MB{', and two PDFs' if with_pdf else ''}"
    )
