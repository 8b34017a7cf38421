"""The emoji of each class as pictures with transparency, and their split into train and test."""

import csv
import io
import json
import re
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import resvg_py
from members import SUBCATEGORIES, class_of
from PIL import Image

CLASSES = list(SUBCATEGORIES)
LEAST_TEST = 12  # emoji of each class, so that a class's accuracy does not hang on one of them
TEST_SHARE = 0.2
SIZE = 64  # pixels, the side of each picture of an emoji

# Parts of a code point sequence that tell a man from a woman or left from right. What differs in
# nothing else is one emoji here: a woman who runs must not be in train and a man who runs in test.
VARIANT = {"200D", "FE0F", "2640", "2642", "27A1"}
ADULT = {"1F468", "1F469", "1F9D1"}


@dataclass
class Emoji:
    """One emoji in all its drawings.

    Attributes:
        name: short name, as in members.py.
        kind: index into CLASSES.
        stratum: subcategory.
        key: the code points that make it this emoji, whoever it shows.
        drawings: RGBA pictures, SIZE x SIZE: of Noto in all skin tones, of Fluent in two styles.
        part: 'train' or 'test', or '' as long as it is not dealt.
    """

    name: str
    kind: int
    stratum: str
    key: str
    drawings: list[Image.Image] = field(repr=False)
    part: str = ""


def collect(google: Path, fluent: Path) -> list[Emoji]:
    """Read every member of every class, without those that look like an earlier one.

    Args:
        google: folder of the unpacked package emoji-datasource-google.
        fluent: folder of the unpacked package fluentui-emoji.
    """
    found: list[Emoji] = []
    seen: dict[int, list[np.ndarray]] = {}
    entries = json.loads((google / "emoji.json").read_text(encoding="utf-8"))
    for entry in sorted(entries, key=lambda entry: entry["sort_order"]):
        kind = class_of(entry["subcategory"], entry["short_name"])
        if kind is None or not entry["has_img_google"]:
            continue
        k = CLASSES.index(kind)
        drawings = _noto(entry, google) + _fluent(entry, fluent)
        thumb = _thumb(drawings[0])
        if any(_alike(thumb, other) for other in seen.setdefault(k, [])):
            continue  # flags of islands that fly their country's; people facing the other way
        seen[k].append(thumb)
        found.append(
            Emoji(entry["short_name"], k, entry["subcategory"], _key(entry["unified"]), drawings)
        )
    return found


def deal(emoji: list[Emoji], rng: np.random.Generator) -> None:
    """Deal each class's emoji to train and test: of each stratum the same share.

    Emoji of the same key go to the same part.
    """
    for kind in range(len(CLASSES)):
        members = [e for e in emoji if e.kind == kind]
        share = max(TEST_SHARE, LEAST_TEST / len({e.key for e in members}))
        owed = 0.0  # test emoji that rounding down in earlier strata has left over
        for stratum in SUBCATEGORIES[CLASSES[kind]]:
            keys = sorted({e.key for e in members if e.stratum == stratum and not e.part})
            owed += share * len(keys)
            count = int(owed + 1e-9)
            owed -= count
            test = set(rng.permutation(keys)[:count].tolist())
            for e in members:
                if e.key in keys:
                    e.part = "test" if e.key in test else "train"


def write_list(emoji: list[Emoji], path: Path) -> None:
    """Write who is where, as a table with a line for each emoji."""
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["class", "part", "stratum", "name", "key", "drawings"])
        for e in emoji:
            row = [CLASSES[e.kind], e.part, e.stratum, e.name, e.key, len(e.drawings)]
            table.writerow(row)


def _noto(entry: dict, google: Path) -> list[Image.Image]:
    """Noto's drawing, and those in the five skin tones where there are any."""
    tones = entry.get("skin_variations", {})
    names = [entry["image"], *(v["image"] for t, v in sorted(tones.items()) if "-" not in t)]
    paths = [google / "img/google/64" / name for name in names]
    return [_square(Image.open(path)) for path in paths if path.exists()]


def _fluent(entry: dict, fluent: Path) -> list[Image.Image]:
    """Fluent's drawings, by the emoji's long name or else its short one."""
    titles = (entry["name"].lower(), entry["short_name"].lower())
    slugs = [re.sub(r"[^a-z0-9]+", "-", title).strip("-") for title in titles]
    found = []
    for style in ("flat", "modern"):
        names = [slug + end for slug in slugs for end in (".svg", "-default.svg")]
        paths = (fluent / "icons" / style / name for name in names)
        path = next((path for path in paths if path.exists()), None)
        if path is not None:
            png = resvg_py.svg_to_bytes(svg_path=str(path), width=SIZE, height=SIZE)
            found.append(_square(Image.open(io.BytesIO(bytes(png)))))
    return found


def _square(image: Image.Image) -> Image.Image:
    image = image.convert("RGBA")
    return image if image.size == (SIZE, SIZE) else image.resize((SIZE, SIZE), Image.LANCZOS)


def _thumb(image: Image.Image) -> np.ndarray:
    """Shrink to shape (16, 16, 4), colours weighted by how opaque they are."""
    x = np.asarray(image.resize((16, 16), Image.BOX), dtype=float)
    x[..., :3] *= x[..., 3:] / 255
    return x


def _alike(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether two thumbnails differ by less than 3 of 255 grey levels, one perhaps mirrored."""
    return min(np.abs(a - b).mean(), np.abs(a - b[:, ::-1]).mean()) < 3


def _key(unified: str) -> str:
    points = [point for point in unified.split("-") if point not in VARIANT]
    return "-".join("1F9D1" if point in ADULT else point for point in points)
