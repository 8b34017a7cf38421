"""Emoji-10 scenes: emoji, turned and scaled, on crops of photographs."""

from pathlib import Path

import numpy as np
import records
from artwork import CLASSES, SIZE, Emoji, collect, deal, write_list
from PIL import Image, ImageDraw

PHOTOS = (
    "astronaut.png brick.png chelsea.png coffee.png grass.png gravel.png hubble_deep_field.jpg"
    " rocket.jpg"
).split()
SIDE = 32  # pixels of a picture's side
TRAIN, TEST = 5000, 1000
TRAIN_ROWS = 0.75  # the share of each photograph's rows that train may show; test has the rest
SMALLEST, LARGEST = 20, 30  # pixels of an emoji's side, before it is turned
TURN = 20.0  # degrees, at most, to either side
SEED = 20


def build(google: Path, fluent: Path, photos: Path, out: Path) -> None:
    """Make both parts and write them, with a list of the emoji in each.

    Args:
        google: folder of the unpacked package emoji-datasource-google.
        fluent: folder of the unpacked package fluentui-emoji.
        photos: folder of scikit-image's photographs.
        out: folder for train.bin.xz, test.bin.xz, classes.txt and emoji.csv.
    """
    out.mkdir(parents=True, exist_ok=True)
    emoji = collect(google, fluent)
    deal(emoji, np.random.default_rng(SEED))
    write_list(emoji, out / "emoji.csv")
    (out / "classes.txt").write_text("".join(f"{name}\n" for name in CLASSES))
    for part, count in (("train", TRAIN), ("test", TEST)):
        rng = np.random.default_rng([SEED, count])
        mine = [[e for e in emoji if e.part == part and e.kind == k] for k in range(len(CLASSES))]
        x, y = _scenes(mine, [_strip(photos / name, part) for name in PHOTOS], count, rng)
        records.write(out / f"{part}.bin.xz", x, y)


def draw_sheets(google: Path, fluent: Path, out: Path) -> None:
    """Draw every emoji of every class in all its drawings: a PNG file for each class.

    Args:
        google: as in `build`.
        fluent: as in `build`.
        out: folder for the files.
    """
    emoji = collect(google, fluent)
    out.mkdir(parents=True, exist_ok=True)
    for kind, name in enumerate(CLASSES):
        members = [e for e in emoji if e.kind == kind]
        across = max(len(e.drawings) for e in members)
        columns = max(1, 18 // across)
        cell, line = (SIZE + 2) * across, SIZE + 16
        sheet = Image.new("RGB", (columns * cell, -(-len(members) // columns) * line), "white")
        pen = ImageDraw.Draw(sheet)
        for i, e in enumerate(members):
            left, top = i % columns * cell, i // columns * line
            pen.text((left, top), e.name[: 10 * across], fill="black")
            for j, drawing in enumerate(e.drawings):
                sheet.paste(drawing, (left + j * (SIZE + 2), top + 14), drawing)
        sheet.save(out / f"{name}.png")


def _strip(path: Path, part: str) -> np.ndarray:
    """Cut a photograph's rows for one part, then halve it; shape (H, W, 3)."""
    image = Image.open(path).convert("RGB")
    cut = int(image.height * TRAIN_ROWS)
    rows = (0, cut) if part == "train" else (cut, image.height)
    image = image.crop((0, rows[0], image.width, rows[1]))  # first cut, so that no pixel is shared
    return np.asarray(image.resize((image.width // 2, image.height // 2), Image.LANCZOS))


def _scenes(
    emoji: list[list[Emoji]], strips: list[np.ndarray], count: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Paste emoji on crops, the classes in equal numbers and in random order.

    Args:
        emoji: those of each class.
        strips: pieces of photographs, each of shape (H, W, 3).
        count: pictures to make.
        rng: decides on everything.

    Returns:
        x: pictures, uint8, shape (count, 3, SIDE, SIDE).
        y: classes, shape (count,).
    """
    y = rng.permutation(np.arange(count) % len(emoji))
    x = np.empty((count, SIDE, SIDE, 3), dtype=np.uint8)
    for i, kind in enumerate(y):
        drawings = emoji[kind][rng.integers(len(emoji[kind]))].drawings
        x[i] = _scene(drawings[rng.integers(len(drawings))], strips[rng.integers(len(strips))], rng)
    six = x >> 2  # 6 bits a channel are enough to look at, and pack a third smaller
    x = (six << 2) | (six >> 4)  # back to 0 ... 255
    return x.transpose(0, 3, 1, 2), y


def _scene(drawing: Image.Image, strip: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Paste one emoji, turned and scaled, on a random crop; shape (SIDE, SIDE, 3)."""
    side = int(rng.integers(SMALLEST, LARGEST + 1))
    stamp = drawing.resize((side, side), Image.LANCZOS)
    stamp = stamp.rotate(float(rng.uniform(-TURN, TURN)), Image.BICUBIC)
    if rng.random() < 0.5:
        stamp = stamp.transpose(Image.FLIP_LEFT_RIGHT)
    top, left = (int(rng.integers(size - SIDE + 1)) for size in strip.shape[:2])
    scene = Image.fromarray(strip[top : top + SIDE, left : left + SIDE])
    corner = tuple(rng.integers(SIDE - side + 1, size=2).tolist())
    scene.paste(stamp, corner, stamp)
    return np.asarray(scene)
