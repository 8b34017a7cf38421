"""A guess beside the truth, as HTML that suits light and dark pages and needs no style sheet."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import Any

from convbook.guess.kept import SURE
from convbook.guess.kinds import Part

GREEN, AMBER = "46, 125, 50", "230, 126, 0"
CELL = 'style="text-align: left; padding: 2px 14px 2px 0; vertical-align: top; white-space: normal"'
ROW = "display: flex; flex-wrap: wrap; gap: 6px 28px"
LEGEND = '<p style="margin: 2px 0; font-size: 90%">Dashed: your guess. Broad, green: the truth.</p>'


def html(parts: Sequence[Part], guesses: Sequence[Any], sure: int | None) -> str:
    """Return the box that shows guesses beside the truth.

    Args:
        parts: what was asked.
        guesses: what was guessed, in the same order.
        sure: a number of SURE, or None.
    """
    right = [part.is_right(guess) for part, guess in zip(parts, guesses, strict=True)]
    colour = GREEN if all(right) else AMBER
    rows = "".join(map(_row, parts, guesses))
    drawn = "".join(map(_picture, parts, guesses))
    pictures = f'{LEGEND}<div style="{ROW}">{drawn}</div>' if drawn else ""
    heads = "".join(f'<th scope="col" {CELL}>{x}</th>' for x in ("your guess", "it is"))
    return (
        f'<div style="border-left: 5px solid rgb({colour}); background: rgba({colour}, 0.12);'
        f' padding: 6px 12px; margin: 4px 0; max-width: 60em"><b>{_heading(right, sure)}</b>'
        f'<table style="border: none; margin: 4px 0; font-size: inherit">'
        f"<thead><tr><td></td>{heads}<td></td></tr></thead><tbody>{rows}</tbody></table>{pictures}</div>"
    )


def truths(parts: Sequence[Part]) -> str:
    """Return what is true of each part as a list, without a guess."""
    items = (f"<li>{_name(part)}: {_code(part.told())}</li>" for part in parts)
    return f"<ul>{''.join(items)}</ul>"


def folded(parts: Sequence[Part], answer: str) -> str:
    """Return what a lesson says after a guess as Markdown that is folded away.

    Args:
        parts: what is asked.
        answer: what the lesson says, or '' where the next cell shows it.
    """
    text = answer or truths(parts)
    return f"<details><summary>Answer</summary>\n\n{text}\n\n</details>"


def _heading(right: Sequence[bool], sure: int | None) -> str:
    if all(right):
        text = "As you guessed" if len(right) == 1 else f"All {len(right)} as you guessed"
    elif any(right):
        text = f"{sum(right)} of {len(right)} as you guessed"
    else:
        text = "Not as you guessed"
    return f"{text}. You were {SURE[sure]}." if sure is not None else f"{text}."


def _row(part: Part, guess: Any) -> str:
    verdict, far = "\u2713 right" if part.is_right(guess) else "\u2717 no", part.far(guess)
    told = f"{verdict}: {far}" if far else verdict
    texts = map(_code, (part.said(guess), part.told(), told))
    cells = "".join(f"<td {CELL}>{text}</td>" for text in texts)
    return f'<tr><th scope="row" {CELL}>{_name(part)}</th>{cells}</tr>'


def _picture(part: Part, guess: Any) -> str:
    picture = part.picture(guess)
    return f"<div><div>{_name(part)}</div>{picture}</div>" if picture else ""


def _name(part: Part) -> str:
    return _code(part.label)


def _code(text: str) -> str:
    """Return a text as HTML in which what stands between backticks is code."""
    return re.sub(r"`([^`]*)`", r"<code>\1</code>", escape(text))
