"""The still pictures: HTML that shows a living part without a kernel."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from convbook.living.looking import Look
from convbook.living.pictures import png

CELL = 'style="border:0;padding:2px 3px;text-align:center;vertical-align:top"'
TILE, GAP = 32, 2  # pixels of a map in its column, and between two


def of_net(piece: np.ndarray, look: Look, names: Sequence[str], classes: Sequence[str]) -> str:
    """Return a table: the picture, a column for each box, and the scores."""
    best = int(look.scores.argmax())
    columns = [("picture", "", image(piece, f"the piece that the net sees, {size(piece)}", 96))]
    if look.saliency is not None:
        seen = image(look.saliency, f"how much each pixel changes the score of {classes[best]}", 96)
        columns.append(("where it looks", "", seen))
    for name, whose, box, (low, high) in zip(
        names, look.whose, look.boxes, look.ranges, strict=False
    ):
        alt = f"{len(box)} maps of {name}, {size(box[0])}, from {low:.2f} to {high:.2f}"
        columns.append((name, whose, image(strip(box), alt, 34)))
    listed = "<br>".join(
        f"{'<b>' * (k == best)}{escape(name)} {score:.1f}{'</b>' * (k == best)}"
        for k, (name, score) in enumerate(zip(classes, look.scores, strict=True))
    )
    columns.append((names[-1], look.whose[-1], listed))
    rows = (
        "".join(f"<th {CELL}>{escape(head)}</th>" for head, _, _ in columns),
        "".join(f"<td {CELL}>{escape(whose)}</td>" for _, whose, _ in columns),
        "".join(f"<td {CELL}>{body}</td>" for _, _, body in columns),
    )
    table = "".join(f'<tr style="background:none">{row}</tr>' for row in rows)
    said = "".join(f"<p>{escape(sentence)}</p>" for sentence in look.said)
    return (
        f"<p>The net takes it for <b>{escape(classes[best])}</b>."
        f" {whose_sentence(names, look.whose)} While a kernel runs, this picture moves.</p>{said}"
        f'<div style="overflow-x:auto"><table style="margin:0;font-size:12px">{table}</table></div>'
    )


def whose_sentence(names: Sequence[str], whose: Sequence[str]) -> str:
    """Say which kinds of layers are the student's."""
    kinds = list(dict.fromkeys(name.split()[0] for name in names))
    own = [
        kind
        for kind in kinds
        if any(w == "yours" and n.split()[0] == kind for n, w in zip(names, whose, strict=True))
    ]
    if not own:
        return "All layers are the course’s."
    if len(own) == len(kinds):
        return "All layers are yours."
    return f"Yours: {', '.join(own)}. The rest is the course’s."


def nothing(said: Sequence[str]) -> str:
    """Return what stands there when the net could not look."""
    return "".join(f"<p>{escape(sentence)}</p>" for sentence in said)


def strip(box: np.ndarray) -> np.ndarray:
    """Put maps (C, H, W) below each other, a gap of mid-grey between them."""
    scale = max(1, TILE // max(box.shape[1:]))
    large = box.repeat(scale, axis=1).repeat(scale, axis=2)
    gapped = np.pad(large, ((0, 0), (0, GAP), (0, 0)), constant_values=128)
    return gapped.reshape(-1, large.shape[2])[:-GAP]


def size(picture: np.ndarray) -> str:
    return f"{picture.shape[0]} x {picture.shape[1]}"


def image(pixels: np.ndarray, alt: str, width: int) -> str:
    height = round(width * pixels.shape[0] / pixels.shape[1])
    return (
        f'<img src="{png(pixels)}" alt="{escape(alt)}" width="{width}" height="{height}"'
        ' style="image-rendering:pixelated;max-width:none">'
    )
