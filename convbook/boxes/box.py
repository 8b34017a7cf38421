"""The box below a check, as HTML that suits light and dark pages, and as text."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

from convbook.check.results import Result
from convbook.demo.page import Demo

PRE = (
    '<pre style="margin: 4px 0; padding: 0; background: none; color: inherit;'
    ' white-space: pre-wrap; word-break: normal; overflow-wrap: anywhere">'
)
FOLD = '<details style="margin: 4px 0"{}><summary style="cursor: pointer">{}</summary>{}</details>'


@dataclass(frozen=True)
class Box:
    """A result, with what helps after a wrong answer.

    Attributes:
        result: what it came to.
        hints: those that are there by now, folded; the one that is new after a second failure is
            open.
        times: how often the check has failed since it passed last.
        look: where the answer first goes wrong, or None.
    """

    result: Result
    hints: tuple[str, ...] = ()
    times: int = 0
    look: Demo | None = None

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/plain": str(self.result), "text/html": self.html()}

    def html(self) -> str:
        """Return the box."""
        result = self.result
        body = f"{PRE}{escape(result.body)}</pre>" if result.body else ""
        advice = f"<div>{escape(result.advice)}</div>" if result.advice and not self.hints else ""
        return (
            f'<div style="border-left: 5px solid rgb({result.colour});'
            f" background: rgba({result.colour}, 0.12); padding: 6px 12px; margin: 4px 0;"
            f' max-width: 60em"><b>{escape(result.heading)}</b>'
            f"{body}{advice}{self._look()}{self._hints()}</div>"
        )

    def _look(self) -> str:
        if self.look is None:
            return ""
        said = escape(self.look.summary.replace("Demo", "Look", 1))
        return FOLD.format("", said, self.look.iframe())

    def _hints(self) -> str:
        newest = len(self.hints) if 1 < self.times == len(self.hints) else 0
        return "".join(
            FOLD.format(
                " open" if number == newest else "",
                f"Hint {number}",
                f"<div>{escape(hint)}</div>",
            )
            for number, hint in enumerate(self.hints, start=1)
        )
