"""The shipped pictures: what they are, that they are whole, and how they are read."""

import csv
import hashlib
import subprocess
import sys
from collections import Counter
from functools import cache

import matplotlib.pyplot as plt
import numpy as np
import pytest

from convbook import data
from convbook.data import pictures

MAKERS = [name for name in data.SETS if name != "cifar10"]
LIMIT = 10_000_000  # bytes of the whole folder
load = cache(data.load)


@pytest.mark.parametrize("name", data.PHOTOS)
def test_a_photograph_is_nchw_from_0_to_1(name: str) -> None:
    x = data.photo(name)
    assert x.shape[:2] == (1, 1 if name == "camera" else 3)
    assert min(x.shape[2:]) >= 227
    assert 0 <= x.min() < 0.1
    assert 0.9 < x.max() <= 1


def test_a_photograph_is_what_matplotlib_reads_and_does_without_it() -> None:
    for path in (data.folder() / "photos").glob("*.png"):
        np.testing.assert_allclose(
            data.photo(path.stem)[0].transpose(1, 2, 0).squeeze(), plt.imread(path), atol=1e-7
        )
    code = "import sys; from convbook import data; data.photo('camera')"
    code += "; sys.exit('matplotlib' in sys.modules)"  # it takes longer to load than all else
    subprocess.run([sys.executable, "-c", code], check=True)


def test_an_unknown_photograph_is_named() -> None:
    with pytest.raises(ValueError, match="no photograph 'lena'; there are astronaut"):
        data.photo("lena")


def test_every_file_has_its_checksum() -> None:
    lines = (data.folder() / "SHA256SUMS").read_text().splitlines()
    listed = dict(reversed(line.split()) for line in lines)
    files = {p.relative_to(data.folder()).as_posix(): p for p in _files()}
    assert sorted(listed) == sorted(files.keys() - {"README.md", "SHA256SUMS"})
    for name, sha in listed.items():
        assert hashlib.sha256(files[name].read_bytes()).hexdigest() == sha, name


def test_the_folder_is_small() -> None:
    assert sum(path.stat().st_size for path in _files()) <= LIMIT


@pytest.mark.parametrize(
    ("name", "shape", "train", "test", "K"),
    [
        ("emoji10", (3, 32, 32), 5000, 1000, 10),
        ("fashion", (1, 28, 28), 2000, 500, 10),
        ("patterns", (1, 8, 8), 240, 120, 6),
        ("textures", (1, 16, 16), 4000, 1000, 10),
    ],
)
def test_a_set_is_balanced_and_as_promised(
    name: str, shape: tuple[int, ...], train: int, test: int, K: int
) -> None:
    found = load(name)
    assert found.name == name
    assert len(set(found.classes)) == K
    for x, y, count in (
        (found.x_train, found.y_train, train),
        (found.x_test, found.y_test, test),
    ):
        assert x.shape == (count, *shape)
        assert x.dtype == np.uint8
        assert np.bincount(y).tolist() == [count // K] * K
        assert (y[:100] != np.sort(y[:100])).any()  # mixed: a first batch has several classes


@pytest.mark.parametrize("name", MAKERS)
def test_no_picture_is_in_train_and_test(name: str) -> None:
    found = load(name)
    train = {x.tobytes() for x in found.x_train}
    assert not any(x.tobytes() in train for x in found.x_test)


def test_an_emoji_is_in_train_or_in_test() -> None:
    with (data.folder() / "emoji10" / "emoji.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    classes = load("emoji10").classes
    assert {row["class"] for row in rows} == set(classes)
    parts: dict[str, set[str]] = {}
    for row in rows:
        parts.setdefault(row["key"], set()).add(row["part"])
    assert all(part in ({"train"}, {"test"}) for part in parts.values())
    per_class = Counter(row["class"] for row in rows if row["part"] == "test")
    assert min(per_class[name] for name in classes) >= 12
    # Every stratum of at least ten emoji is in both parts, in about the same share.
    strata = Counter((row["class"], row["stratum"]) for row in rows)
    tested = Counter((row["class"], row["stratum"]) for row in rows if row["part"] == "test")
    for stratum, count in strata.items():
        if count >= 10:
            assert 0.05 < tested[stratum] / count < 0.65, stratum


def test_what_was_taken_out_is_not_in_the_list() -> None:
    with (data.folder() / "emoji10" / "emoji.csv").open(encoding="utf-8", newline="") as file:
        names = {row["name"] for row in csv.DictReader(file)}
    assert "dog" in names
    for name in "middle_finger family bust_in_silhouette skull hankey fuelpump bricks".split():
        assert name not in names


def test_pictures_made_by_code_are_the_same_each_time() -> None:
    for name in ("patterns", "textures"):
        again = data.load(name)
        assert np.array_equal(load(name).x_train, again.x_train)
        assert np.array_equal(load(name).y_test, again.y_test)


def test_textures_cannot_be_told_by_their_brightness() -> None:
    x = load("textures").x_train.astype(float)
    assert np.abs(x.mean(axis=(1, 2, 3)) - 128).max() < 4


def test_patterns_turn_the_way_their_names_say() -> None:
    found = load("patterns")
    x = found.x_train[:, 0].astype(float)
    along = {"horizontal": (0, 1), "vertical": (1, 0), "rising": (1, -1), "falling": (1, 1)}
    for name, step in along.items():
        these = x[found.y_train == found.classes.index(name)]
        moved = np.roll(these, step, axis=(1, 2))
        inside = np.s_[:, 1:-1, 1:-1]
        assert np.abs(these - moved)[inside].mean() < 20  # noise only: along the bars


def test_an_unknown_set_is_named() -> None:
    with pytest.raises(ValueError, match="no set of pictures 'mnist'; there are emoji10, fashion"):
        data.load("mnist")
    with pytest.raises(ValueError, match="'emoji10' comes with the course"):
        data.load("emoji10", source="/somewhere")


def test_centred_pictures_have_mean_0_and_keep_the_training_mean() -> None:
    found = load("emoji10")
    x = data.centred(found.x_train, found.mean)
    assert x.dtype == np.float32
    assert np.abs(x.mean(axis=(0, 2, 3), dtype=float)).max() < 1e-4
    white = np.full((1, 3, 2, 2), 255, dtype=np.uint8)
    expected = np.broadcast_to(1 - found.mean, (1, 3, 2, 2))
    assert np.allclose(data.centred(white, found.mean), expected)


def test_a_record_is_a_label_and_the_planes() -> None:
    raw = bytes([7, *range(12), 3, *range(100, 112)])
    x, y = pictures.read_records(raw, (3, 2, 2))
    assert y.tolist() == [7, 3]
    assert x[0].tolist() == np.arange(12).reshape(3, 2, 2).tolist()
    assert x[1, 2, 0, 1] == 109
    with pytest.raises(ValueError, match="27 bytes are not a whole number of records of 13"):
        pictures.read_records(raw + b"x", (3, 2, 2))


def _files() -> list:
    return [path for path in data.folder().rglob("*") if path.is_file()]
