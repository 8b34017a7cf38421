"""Sets of pictures made by code: quick to learn, or to find out what filters learn."""

import numpy as np

from convbook.data.photos import photo
from convbook.data.pictures import Pictures

SHAPES = ("horizontal", "vertical", "rising", "falling", "fine checkers", "coarse checkers")
SIDE = 8  # pixels of a pattern's side
WAVE = 4  # pixels from one bar to the next

# Where each texture is to be seen: photograph, first and last row, first and last column.
TEXTURES = {
    "grass": ("camera", 250, 510, 405, 510),
    "wood": ("coffee", 150, 400, 480, 600),
    "striped fur": ("chelsea", 0, 85, 100, 290),
    "whiskers": ("chelsea", 205, 295, 10, 200),
    "lattice": ("rocket", 0, 370, 10, 90),
    "hair": ("astronaut", 22, 92, 158, 290),
    "space suit": ("astronaut", 265, 480, 40, 125),
    "coat": ("camera", 120, 330, 20, 130),
    "skyline": ("camera", 165, 235, 320, 510),
    "sky": ("camera", 0, 140, 0, 160),
}
STRIP = 24  # pixels; each place is cut into strips of this width, and every third is for test
PATCH = 16  # pixels of a texture patch's side
CONTRAST = 40.0  # grey levels, the standard deviation of each patch
FAINTEST = 2.0  # grey levels; what is flatter than that is not made stronger


def patterns(train: int = 240, test: int = 120, noise: float = 12.0, seed: int = 0) -> Pictures:
    """Draw oriented bars and checkers, 8 x 8, each shifted, some paler than others.

    Args:
        train: pictures to learn from, a multiple of 6.
        test: pictures to be tested on, a multiple of 6.
        noise: standard deviation of each pixel, in grey levels of 255.
        seed: of the shifts, the contrasts and the noise.

    Returns:
        Pictures of shape (N, 1, 8, 8) in six classes.
    """
    rng = np.random.default_rng(seed)
    parts = [_draw(_balanced(n, len(SHAPES), rng), noise, rng) for n in (train, test)]
    return Pictures("patterns", *parts[0], *parts[1], classes=SHAPES)


def textures(train: int = 4000, test: int = 1000, seed: int = 0) -> Pictures:
    """Cut patches out of ten places of the photographs: 16 x 16, grey, all equally bright.

    Brightness and contrast are taken out and each patch is turned or mirrored at random, so only
    the texture is left to tell the classes apart.

    Args:
        train: pictures to learn from, a multiple of 10.
        test: pictures to be tested on, cut from other strips, a multiple of 10.
        seed: of the places and turns.

    Returns:
        Pictures of shape (N, 1, 16, 16) in ten classes.
    """
    rng = np.random.default_rng(seed)
    photos = {name for name, *_ in TEXTURES.values()}
    grey = {name: 255 * photo(name)[0].mean(axis=0) for name in photos}  # (H, W) each
    x, y = {}, {}
    for part, count in (("train", train), ("test", test)):
        strips = [_strips(grey[name], place, part) for name, *place in TEXTURES.values()]
        y[part] = _balanced(count, len(TEXTURES), rng)
        x[part] = np.stack([_patch(strips[k], rng) for k in y[part]])[:, None]  # (N, 1, H, W)
    return Pictures("textures", x["train"], y["train"], x["test"], y["test"], tuple(TEXTURES))


def _balanced(count: int, classes: int, rng: np.random.Generator) -> np.ndarray:
    """Labels in random order, as many of each class; shape (count,)."""
    if count <= 0 or count % classes:
        raise ValueError(f"{count} pictures cannot be shared out to {classes} classes equally")
    return rng.permutation(np.arange(count) % classes)


def _draw(y: np.ndarray, noise: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw one pattern for each label; shape (N, 1, SIDE, SIDE), uint8."""
    x = np.empty((len(y), 1, SIDE, SIDE), dtype=np.uint8)
    for n, kind in enumerate(y):
        i, j = np.indices((SIDE, SIDE)) + rng.integers(WAVE, size=2)[:, None, None]
        half = WAVE // 2
        bars = {0: i // half, 1: j // half, 2: (i + j) // half, 3: (i - j) // half}
        light = bars.get(int(kind), i + j if kind == 4 else i // half + j // half) % 2  # 0 or 1
        values = 128 + rng.uniform(30, 100) * (2 * light - 1) + rng.normal(0, noise, (SIDE, SIDE))
        x[n, 0] = values.clip(0, 255)
    return x, y


def _strips(grey: np.ndarray, place: list[int], part: str) -> np.ndarray:
    """Cut one texture's place into strips and keep those for one part; shape (S, STRIP, W)."""
    top, bottom, left, right = place
    region = grey[top:bottom, left:right]
    if region.shape[0] < region.shape[1]:
        region = region.T  # across the longer side; patches are turned at random anyway
    whole = len(region) // STRIP
    strips = region[: whole * STRIP].reshape(whole, STRIP, -1)
    test = np.arange(whole) % 3 == 1
    return strips[test if part == "test" else ~test]


def _patch(strips: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Cut one patch, turn it, and bring it to mean 128 and CONTRAST; uint8, (PATCH, PATCH)."""
    strip = strips[rng.integers(len(strips))]
    top, left = (rng.integers(size - PATCH + 1) for size in strip.shape)
    patch = np.rot90(strip[top : top + PATCH, left : left + PATCH], int(rng.integers(4)))
    patch = patch.T if rng.random() < 0.5 else patch
    patch = (patch - patch.mean()) / max(patch.std(), FAINTEST)
    return (128 + CONTRAST * patch).clip(0, 255).astype(np.uint8)
