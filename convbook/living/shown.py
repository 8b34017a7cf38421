"""The living net on the page: what is shown, what is heard, and what a kernel is not needed for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from convbook import earlier, kernel
from convbook.living import looking, pictures, still, trying
from convbook.living.assets import asset
from convbook.living.layers import Function
from convbook.widgets import Live

Photo = np.ndarray | str | Path

MOST_PICTURES = 12


class Shown:
    """A net that can be shown with pictures.

    Args:
        make: makes the net when it is first asked for; may take seconds.
        choices: returns the pictures that one may choose from, by name.
        size: height and width of what the net looks at.
    """

    def __init__(
        self,
        make: Callable[[], looking.Eye],
        choices: Callable[[], dict[str, np.ndarray]],
        size: tuple[int, int] = (32, 32),
    ) -> None:
        self.make, self.choices, self.size = make, choices, size

    def show(self, photo: Photo | None = None, at: tuple[int, int] | None = None) -> None:
        """Show what each layer makes of a piece of a photograph; move the piece on the page.

        Args:
            photo: an array, shape (1, C, H, W), values from 0 to 1; or the path of a file. With
                more than 160 pixels on a side every fourth is taken, as in lesson 01.
            at: row and column of the piece's corner in what is left of it; else the middle.

        Outside a notebook it does nothing. A function that cannot be used is named in a sentence,
        and the course's takes its place.

        Raises:
            ValueError: what is given is no picture, or a function is no part of the net.
        """
        if kernel.shell() is None or earlier.is_reading():
            return
        H, W = self.size
        name = Path(photo).name if isinstance(photo, str | Path) else "this picture"
        found = {} if photo is None else {name: pictures.small(photo, max(H, W))}
        found |= self.choices()
        first = next(iter(found.values()))
        row, column = at or ((first.shape[0] - H) // 2, (first.shape[1] - W) // 2)
        row, column = (
            int(np.clip(place, 0, side - length))
            for place, side, length in zip((row, column), first.shape, self.size, strict=False)
        )
        part = _Part(self.make(), found, self.size, (row, column))
        part.live.show()
        part.search()


class _Part:
    """One living net on a page."""

    def __init__(
        self,
        eye: looking.Eye,
        found: dict[str, np.ndarray],
        size: tuple[int, int],
        at: tuple[int, int],
    ) -> None:
        self.eye, self.size, self.serial = eye, size, 0
        (row, column), (H, W) = at, size
        self.piece = next(iter(found.values()))[row : row + H, column : column + W]
        setup = {
            "pictures": [
                {"name": name, "H": p.shape[0], "W": p.shape[1], "pixels": p.tobytes()}
                for name, p in list(found.items())[:MOST_PICTURES]
            ],
            "size": list(size),
            "at": list(at),
            "boxes": [],
            "classes": eye.classes,
            "last": eye.names[-1],
            "saliency": eye.has_saliency,
        }
        frame = self.look()
        setup["boxes"] = self.boxes
        style = asset("page.css")
        self.live = Live(
            asset("paint.js") + asset("boxes.js") + asset("page.js"),
            {"setup": setup, "frame": frame},
            self.hear,
            self.still(),
            style,
        )

    def look(self) -> dict[str, Any]:
        """Look at the piece; return what the page needs to know of it."""
        try:
            self.seen: looking.Look | None = self.eye.look(self.piece)
        except trying.Unusable as problem:
            self.seen, self.boxes = None, []
            return {"serial": self.serial, "said": [f"{problem}."], "scores": []}
        seen = self.seen
        self.boxes = [
            {"name": name, "C": box.shape[0], "H": box.shape[1], "W": box.shape[2]}
            for name, box in zip(self.eye.names, seen.boxes, strict=False)
        ]
        return {
            "serial": self.serial,
            "maps": b"".join(box.tobytes() for box in seen.boxes),
            "ranges": [list(pair) for pair in seen.ranges],
            "whose": seen.whose,
            "scores": seen.scores.tolist(),
            "saliency": b"" if seen.saliency is None else seen.saliency.tobytes(),
            "ms": 1000 * seen.seconds,
            "said": seen.said,
        }

    def search(self) -> None:
        """Look for functions of earlier lessons, and show what they compute."""
        if self.eye.search is None:
            return
        self.eye.search()
        self.serial -= 1  # another frame than the first, and none that the page has asked for
        self.live.tell(frame=self.look())
        self.live.replace_still(self.still())

    def hear(self, message: dict[str, Any]) -> dict[str, Any] | None:
        """Look at the piece that the page sends."""
        if message.get("settled"):
            self.live.replace_still(self.still())
            return None
        self.piece = piece_of(message.get("piece"), self.size)
        self.serial = int(message.get("serial", 0))
        return {"frame": self.look()}

    def still(self) -> str:
        if self.seen is None:
            return still.nothing(self.look()["said"])
        return still.of_net(self.piece, self.seen, self.eye.names, self.eye.classes)


def piece_of(sent: Any, size: tuple[int, int]) -> np.ndarray:
    """Return the pixels that a page sent, uint8 (H, W, 3).

    Raises:
        ValueError: they are not as many as they must be.
    """
    H, W = size
    raw = pictures.sent(sent, 3 * H * W)
    if not raw:
        raise ValueError(f"a piece must have {H} x {W} pixels of 3 colours")
    return np.frombuffer(raw, dtype=np.uint8).reshape(H, W, 3)


def net(*functions: Function) -> Shown:
    """Return the small net that opens lesson 01: three times CONV, RELU and POOL, then FC.

    Args:
        functions: those of this notebook that can compute a part of it, such as conv_forward; what
            earlier lessons have asked for is found by itself.
    """
    here = Path.cwd()
    return Shown(lambda: looking.photos4(functions, here.name, here.parent), pictures.shipped)


def trained(
    net: Any, names: Sequence[str], mean: np.ndarray, classes: Sequence[str], some: np.ndarray
) -> Shown:
    """Return a net that a student has trained.

    Args:
        net: has a list `layers`; each has forward(x) and backward(dout), and where it is not the
            student's own an attribute whose.
        names: the kind of each of them.
        mean: of the pictures it was trained on, from 0 to 1, shape (C, 1, 1).
        classes: their names.
        some: pictures to choose from, uint8, shape (N, 3, H, W); the first twelve are offered.
    """

    def make() -> looking.Eye:
        steps = [looking.Own(kind, layer) for kind, layer in zip(names, net.layers, strict=True)]
        return looking.Eye(steps, mean, classes)

    def choices() -> dict[str, np.ndarray]:
        least = max(some.shape[2:])
        few = enumerate(some[:MOST_PICTURES], start=1)
        return {f"picture {n}": pictures.small(picture, least) for n, picture in few}

    return Shown(make, choices, some.shape[2:])
