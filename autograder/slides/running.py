"""Run the cells of a deck and turn what they give into HTML."""

import ast
import contextlib
import io
from collections.abc import Iterator
from html import escape
from typing import Any

import matplotlib.pyplot as plt

from autograder.pages import html
from autograder.slides import picture
from autograder.slides.source import Block, Deck, DeckError, Slide
from convbook.demo import Demo


def run(deck: Deck) -> list[list[str]]:
    """Run a deck from its first cell to its last.

    Returns:
        For each slide, the HTML of each of its blocks.

    Raises:
        DeckError: a cell fails, or does not give what its mark promises.
    """
    namespace: dict[str, Any] = {"__name__": deck.name}
    with picture.style():
        for block in deck.before:
            _execute(block, namespace, f"{deck.name}, before the first slide")
        return [
            [_shown(block, namespace, where) for block in slide.blocks]
            for slide, where in _placed(deck)
        ]


def _placed(deck: Deck) -> Iterator[tuple[Slide, str]]:
    for number, slide in enumerate(deck.slides, start=1):
        yield slide, f'{deck.name}, slide {number} "{slide.words}"'


def _shown(block: Block, namespace: dict[str, Any], where: str) -> str:
    """Give the HTML of one block."""
    if block.kind not in ("code", "run", "picture", "demo"):
        return html.markdown(block.text)
    value, printed = _execute(block, namespace, where)
    if block.kind == "run":
        return ""
    if block.kind == "demo":
        if not isinstance(value, Demo):
            raise DeckError(
                f"{where}: the last line of a demo cell must be a demo of convbook.demo"
            )
        return value.iframe(room=True)
    if block.kind == "picture":
        numbers = plt.get_fignums()
        if len(numbers) != 1:
            raise DeckError(f"{where}: a picture cell must draw one figure, not {len(numbers)}")
        return picture.svg(plt.figure(numbers[0]), block.alt)
    source = f'<pre class="code"><code>{html.code(block.text)}</code></pre>'
    text = printed + (f"{value!r}\n" if value is not None else "")
    return source + (f'<pre class="output">{escape(text.rstrip())}</pre>' if text else "")


def _execute(block: Block, namespace: dict[str, Any], where: str) -> tuple[Any, str]:
    """Run a cell; give the value of its last expression, None without one, and what it printed."""
    plt.close("all")
    printed = io.StringIO()
    try:
        tree = ast.parse(block.text)
        last = tree.body[-1] if tree.body else None
        if isinstance(last, ast.Expr):
            tree.body.pop()
        with contextlib.redirect_stdout(printed):
            exec(compile(tree, where, "exec"), namespace)
            value = None
            if isinstance(last, ast.Expr):
                value = eval(compile(ast.Expression(last.value), where, "eval"), namespace)
    except Exception as error:
        raise DeckError(f"{where}: its {block.kind} cell stops with {error!r}") from error
    return value, printed.getvalue()
