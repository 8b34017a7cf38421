"""Text of others, made fit to be shown: bounded, and what cannot be seen is written out.

A control character, a direction mark, a zero-width or a private character and half a character
are shown as Python writes them, such as \\x07 or \\u202e: they steer no terminal and no page, and
nobody takes a text with one for the same text without.
"""

import re
from typing import Any

ESCAPES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")  # colours of a terminal: ordinary, and worth nothing
LINE = 200  # characters of a name or a reason
# What steers, or takes no place, of Unicode's categories Cc, Cf, Cs and Co, and of the letters and
# marks that are blank. Lines, tabs and spaces are none of these.
_UNSEEN = (
    r"\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u070f\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    r"\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ud800-\uf8ff\ufe00-\ufe0f\ufeff\uffa0"
    r"\ufff0-\ufffb\ufffe\uffff\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U0010ffff"
)
# Some writing needs a joiner: Arabic to Khmer between letters, and emoji of several parts.
_JOINED = (
    r"(?<=[\u0620-\u17ff])[\u200c\u200d](?=[\u0620-\u17ff])"
    r"|(?<=[\u2190-\u2bff\U0001f000-\U0001faff])\ufe0f"
    r"|(?<=[\ufe0f\u2190-\u2bff\U0001f000-\U0001faff])\u200d(?=[\u2190-\u2bff\U0001f000-\U0001faff])"
)
UNSEEN = re.compile(f"{_JOINED}|([{_UNSEEN}]+)")
ALL_UNSEEN = re.compile(f"[{_UNSEEN}]+")
MOST = 10_000  # places at which something is written out; what is unseen after them is dropped


def visible(text: str) -> str:
    """Return text in which everything can be seen."""
    if text.isascii() and text.isprintable():
        return text
    seen, places = UNSEEN.subn(_written_out, text, count=MOST)
    return seen if places < MOST else ALL_UNSEEN.sub("", seen)


def plain(text: Any, limit: int) -> str:
    """Return text of several lines in which everything can be seen, cut after so many characters.

    The colours of a terminal are left out; a lone carriage return begins a line.
    """
    whole = str(text)
    if len(whole) > limit:  # before it is looked at: what is found makes it longer still
        whole = whole[: max(0, limit - 4)].rstrip() + " ..."
    whole = ESCAPES.sub("", whole).replace("\r\n", "\n").replace("\r", "\n")
    return visible(whole)


def one_line(text: Any, limit: int = LINE) -> str:
    """Return text in one line in which everything can be seen; several spaces are one."""
    start = ESCAPES.sub("", str(text)[: 4 * limit])
    line = visible(" ".join(start.split()))
    return line if len(line) <= limit else line[: limit - 4].rstrip() + " ..."


def _written_out(found: re.Match[str]) -> str:
    unseen = found[1]
    return ascii(unseen)[1:-1] if unseen else found[0]
