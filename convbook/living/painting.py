"""Paint the map you want, and watch gradient descent look for its filter."""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np

from convbook import data, earlier, kernel
from convbook.living import pictures, still
from convbook.living.assets import asset
from convbook.living.descent import MOST_STEPS, NOTHING, PARTS, RATES, Descent
from convbook.living.layers import Function
from convbook.widgets import Live

# Maps that need not be painted by hand: those of these filters.
WANTED = {
    "vertical edges": np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]]),
    "horizontal edges": np.array([[-1.0, -2, -1], [0, 0, 0], [1, 2, 1]]),
    "edges from corner to corner": np.array([[0.0, 1, 2], [-1, 0, 1], [-2, -1, 0]]),
    "the picture, blurred": np.full((3, 3), 1 / 9),
}


def paint(conv_forward: Function, conv_backward: Function) -> None:
    """Show a photograph over which a map can be painted, and search for the filter behind it.

    Args:
        conv_forward, conv_backward: the student's layer; it takes every step. Where it cannot, a
            sentence says why, and the course's does.

    Outside a notebook it does nothing.
    """
    if kernel.shell() is not None and not earlier.is_reading():
        _Part(conv_forward, conv_backward).live.show()


def photograph() -> np.ndarray:
    """Return the cameraman's head and camera in grey, shape (48, 48), from 0 to 1."""
    return data.photo("camera")[0, 0, 52:196:3, 190:334:3]


class _Part:
    """One search on a page."""

    def __init__(self, forward: Function | None, backward: Function | None) -> None:
        photo = photograph()
        self.photo = (photo * 255).astype(np.uint8)
        self.search = Descent(photo, forward, backward)
        self.search.want_filter(WANTED["vertical edges"])
        self.search.rate = round(0.6 * self.search.largest_rate, 2)
        self.serial = 0
        setup = {
            "photo": self.photo.tobytes(),
            "size": list(photo.shape),
            "wanted": list(WANTED),
            "rates": list(RATES),
            "most": MOST_STEPS,
            "parts": PARTS,
            "nothing": NOTHING,
        }
        script = asset("paint.js") + asset("descent.js")
        state = {"setup": setup, "frame": self.frame() | {"target": self.target()}}
        self.live = Live(script, state, self.hear, self.still(), asset("page.css"))

    def hear(self, message: dict[str, Any]) -> dict[str, Any] | None:
        """Do what the page asks for: want another map, take a step, begin anew."""
        if message.get("settled"):
            self.live.replace_still(self.still())
            return None
        search, new = self.search, {}
        if "rate" in message:
            search.rate = float(np.clip(float(message["rate"]), *RATES))
        if "want" in message:
            search.want_filter(WANTED[message["want"]])
            new = {"target": self.target()}
        if "painted" in message:
            search.want(self.sent(message["painted"]))
        if message.get("begin"):
            search.begin()
        if message.get("step"):
            search.step()
        self.serial = int(message.get("serial", 0))
        return {"frame": self.frame() | new}

    def sent(self, text: Any) -> np.ndarray:
        """Return the map that the page sends."""
        shape = self.search.wanted.shape
        raw = pictures.sent(text, shape[0] * shape[1])
        if not raw:
            raise ValueError(f"a map must have {shape[0]} x {shape[1]} places")
        return np.frombuffer(raw, dtype=np.int8).reshape(shape)

    def target(self) -> bytes:
        return self.search.wanted.tobytes()

    def frame(self) -> dict[str, Any]:
        search = self.search
        with np.errstate(invalid="ignore", over="ignore"):
            parts = np.nan_to_num(np.clip(search.out * PARTS, -127, 127))
        w = np.nan_to_num(search.w, posinf=1e300, neginf=-1e300)
        return {
            "serial": self.serial,
            "w": w.ravel().tolist(),
            "map": parts.astype(np.int8).tobytes(),
            "losses": [loss if np.isfinite(loss) else 1e300 for loss in search.losses],
            "status": search.status,
            "sentence": self.sentence(),
            "said": search.said,
            "rate": search.rate,
        }

    def sentence(self) -> str:
        """Say how the search goes."""
        search, n = self.search, int(self.search.painted.sum())
        whose = "your own conv_backward" if search.backward else "the course’s conv_backward"
        if not n:
            return "Nothing is painted yet: paint light, dark or mid-grey over some places."
        most = search.largest_rate
        if search.status == "diverged":
            return (
                f"It diverges: after {len(search.losses) - 1} steps the loss is"
                f" {search.losses[-1]:.3g}, up from {search.losses[0]:.3g}. Each step at a rate of"
                f" {search.rate:.3g} goes too far and lands higher on the other side. With this map"
                f" that happens above {most:.2g}. Begin anew with a smaller rate."
            )
        if search.status == "done":
            end = "" if search.losses[-1] < 1e-6 else f" It stops after {MOST_STEPS} steps."
            return f"The loss is {search.losses[-1]:.3g}, found by {whose}.{end}"
        if not search.losses:
            return f"{n} places are painted. Press Start: {whose} takes the steps."
        return f"Step {len(search.losses) - 1}: the loss is {search.losses[-1]:.3g}, by {whose}."

    def still(self) -> str:
        search = self.search
        shown = {
            "the photograph": (self.photo, "a man’s head behind a camera"),
            "the map you want": (_light(search.wanted), "the map you want"),
            "the map of the filter": (_light(search.out * PARTS), "the map of the filter so far"),
        }
        heads = "".join(f"<th {still.CELL}>{escape(name)}</th>" for name in [*shown, "the filter"])
        images = "".join(
            f"<td {still.CELL}>{still.image(pixels, alt, 150)}</td>"
            for pixels, alt in shown.values()
        )
        rows = "<br>".join("&nbsp; ".join(f"{v:.2f}" for v in row) for row in search.w)
        return (
            f"<p>{escape(self.sentence())} While a kernel runs, you can paint here.</p>"
            f'<div style="overflow-x:auto"><table style="margin:0">'
            f'<tr style="background:none">{heads}</tr>'
            f'<tr style="background:none">{images}<td {still.CELL}>{rows}</td></tr></table></div>'
        )


def _light(parts: np.ndarray) -> np.ndarray:
    """Return what is -127 to 127 as grey, 128 in the middle and where nothing is painted."""
    with np.errstate(invalid="ignore"):
        some = np.where(parts == NOTHING, 0, parts).astype(float)
        known = np.nan_to_num(np.clip(some, -127, 127))
    return (known + 128).astype(np.uint8)
