"""Pictures that go in are bounded; what is none is refused in a sentence."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from convbook import data
from convbook.living import pictures


def test_a_photograph_is_thinned_as_in_lesson_01() -> None:
    cat = data.photo("chelsea")
    small = pictures.small(cat)
    expected = (cat[0, :, ::4, ::4] * 255).round().astype(np.uint8).transpose(1, 2, 0)
    np.testing.assert_array_equal(small, expected)
    assert all(max(each.shape) <= pictures.LARGEST for each in pictures.shipped().values())


@pytest.mark.parametrize("shape", [(1, 1, 40, 50), (1, 3, 32, 32), (3, 33, 160)])
def test_small_pictures_stay_as_they_are(shape: tuple[int, ...]) -> None:
    assert pictures.small(np.full(shape, 0.5)).shape == (*shape[-2:], 3)


def test_a_tiny_one_is_filled_up_at_the_edge() -> None:
    small = pictures.small(np.full((1, 3, 5, 40), 0.2))
    assert small.shape == (32, 40, 3) and (small == 51).all()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (np.zeros((4, 4)), "has the shape"),
        (np.zeros((2, 3, 9, 9)), "has the shape"),
        (np.zeros((1, 4, 9, 9)), "has the shape"),
        (np.zeros((1, 3, 0, 9)), "has the shape"),
        (np.full((1, 3, 9, 9), np.nan), "numbers from 0 to 1"),
        (np.full((1, 3, 9, 9), "x"), "numbers from 0 to 1"),
        ("nothing.png", "there is no file 'nothing.png'"),
    ],
)
def test_what_is_no_picture_is_refused(given, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        pictures.small(given)


def test_a_file_is_read_upright_and_on_white(tmp_path: Path) -> None:
    picture = Image.new("RGBA", (400, 200), (255, 0, 0, 0))
    picture.save(tmp_path / "mine.png")
    small = pictures.small(tmp_path / "mine.png")
    assert small.shape == (80, 160, 3) and (small == 255).all()


def test_a_file_that_is_none_or_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "notes.png").write_text("no picture")
    with pytest.raises(ValueError, match="no picture that can be read"):
        pictures.small(tmp_path / "notes.png")
    Image.new("1", (7000, 6000)).save(tmp_path / "wide.png")
    with pytest.raises(ValueError, match="more than 40 million pixels"):
        pictures.small(tmp_path / "wide.png")
    monkeypatch.setattr(pictures, "MOST_BYTES", 10)
    with pytest.raises(ValueError, match="save it smaller"):
        pictures.small(tmp_path / "wide.png")


@pytest.mark.parametrize("shape", [(3, 5), (4, 2, 3)])
def test_png(shape: tuple[int, ...]) -> None:
    import base64

    pixels = np.arange(np.prod(shape), dtype=np.uint8).reshape(shape)
    kind, body = pictures.png(pixels).split(",")
    assert kind == "data:image/png;base64"
    np.testing.assert_array_equal(
        np.asarray(Image.open(io.BytesIO(base64.b64decode(body)))), pixels
    )
