"""The tables of docs/checks.md: each lesson's is written anew as soon as it is proved."""

import re
from collections.abc import Iterable
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "checks.md"
MADE = "\n## The tables\n"  # all after it is made here


def write(name: str, block: Iterable[str], page: Path = PAGE) -> None:
    """Put a lesson's block, or the line of sums under the name "", where its last one stood."""
    text, _, made = page.read_text(encoding="utf-8").partition(MADE)
    blocks = dict(_blocks(made)) | {name: "\n".join(block).strip()}
    found = "\n\n".join(blocks[one] for one in sorted(blocks) if blocks[one])
    page.write_text(f"{text}{MADE}\n{found}\n", encoding="utf-8")


def _blocks(made: str) -> Iterable[tuple[str, str]]:
    """Yield the lessons' blocks by name; what stands before them has the name ""."""
    before, *parts = re.split(r"^(?=\*\*\d\d_)", made, flags=re.MULTILINE)
    yield "", before.strip()
    for part in parts:
        yield part[2:].split("**")[0], part.strip()
