"""A part of a page that talks to the kernel, and what stands in its place where there is none.

In come a script, what it shows, and a function that hears what the reader does; out comes a part of
the notebook that lives as long as its kernel. Beside it stands a still picture of the same as HTML:
the script hides it, so that it is seen where the script cannot run: on an exported page, after the
kernel has ended, in a front end without widgets.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import Any

from convbook import kernel

Heard = Callable[[dict[str, Any]], Mapping[str, Any] | None]

TALK = files("convbook.widgets").joinpath("talk.js").read_text(encoding="utf-8")
STYLE = files("convbook.widgets").joinpath("widgets.css").read_text(encoding="utf-8")


class Live:
    """A live part of a notebook: `show` puts it below the cell that runs.

    Args:
        script: JavaScript that defines `view(page)`; talk.js says what `page` has and how `view`
            answers.
        state: what the script shows, by name; each must be something that JSON can hold, or bytes.
        heard: called with each message of the script; what it returns changes the state.
        still: HTML that shows the same without a kernel, as one sentence and a picture.
        style: CSS for what the script makes, below `.convbook-live`.
    """

    def __init__(
        self, script: str, state: Mapping[str, Any], heard: Heard, still: str, style: str = ""
    ) -> None:
        self.script, self.state, self.heard = script, dict(state), heard
        self.still, self.style = still, style
        self.name = f"still-{uuid.uuid4().hex[:12]}"
        self.widget: Any = None

    def show(self) -> None:
        """Show the still picture, and over it the live part where the kernel can have one."""
        if kernel.shell() is None:
            return
        from IPython.display import display

        display(self._picture(), raw=True, display_id=self.name)
        self.widget = _widget(self.script, self.style, self.state | {"still_name": self.name})
        if self.widget is None:
            return
        self.widget.on_msg(lambda _, message, __: self._hear(message))
        display(self.widget)

    def tell(self, **changes: Any) -> None:
        """Change the state, here and on the page."""
        self.state |= changes
        if self.widget is not None:
            self.widget.set_trait("problem", "")
            for name, value in changes.items():
                self.widget.set_trait(name, value)
            self.widget.send({"answered": True})

    def replace_still(self, still: str) -> None:
        """Put another picture in the place of the still one; it is what is saved and exported."""
        from IPython.display import update_display

        self.still = still
        if self.widget is not None:
            update_display(self._picture(), raw=True, display_id=self.name)

    def _picture(self) -> dict[str, str]:
        return {"text/html": f'<div class="{self.name}">{self.still}</div>', "text/plain": ""}

    def _hear(self, message: Any) -> None:
        try:
            changes = self.heard(message)
        except Exception as error:  # it belongs below the reader's eyes, not into a log
            self.tell(problem=f"{type(error).__name__}: {error}")
        else:
            self.tell(**(changes or {}))


def _widget(script: str, style: str, state: Mapping[str, Any]) -> Any:
    """Return a widget with this state, or None where there are no widgets."""
    try:
        import anywidget  # half a second, so not before one is shown
        import traitlets
    except ImportError:
        return None
    traits = {name: traitlets.Any().tag(sync=True) for name in [*state, "problem"]}
    texts = {"_esm": script + TALK, "_css": STYLE + style}
    # A page has one style sheet for each name of a class.
    name = f"Live{hashlib.sha256(texts['_css'].encode()).hexdigest()[:12]}"
    kind = type(name, (anywidget.AnyWidget,), traits | texts)
    return kind(**{"problem": "", **state})
