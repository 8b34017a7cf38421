"""Leave the outputs out of a large notebook, before it is built: nobody reads them."""

from __future__ import annotations

import re

MOST_PARTS = 5_000_000  # texts and lists in a notebook; more would take longer than some seconds
# A text, closed or cut off, or a list begun or ended.
_PART = re.compile(r'"outputs"\s*+:\s*+\[|"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|[\[\]]', re.DOTALL)


def left_out(text: str) -> str:
    """Empty all lists of outputs in the JSON of a notebook.

    Args:
        text: the JSON, which nobody vouches for.

    Returns:
        The JSON without outputs; as it was where it has more than `MOST_PARTS`.
    """
    kept, start, depth = [], 0, 0
    for count, part in enumerate(_PART.finditer(text)):
        if count > MOST_PARTS:
            return text
        first, last = text[part.start()], text[part.end() - 1]
        if depth:
            depth += (last == "[") - (first == "]")
            start = part.end() - 1
        elif first == '"' and last == "[":
            kept.append(text[start : part.end()])
            depth = 1
    return "".join(kept) + text[start:]
