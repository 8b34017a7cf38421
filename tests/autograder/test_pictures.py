"""A picture is what its bytes say, and its size is known before anybody decodes it."""

import base64
import contextlib

import pasted
import pytest

from autograder import pictures
from autograder.pictures import PictureError, attached, checked


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (pasted.png(), "png"),
        (pasted.GIF, "gif"),
        (pasted.jpeg(40, 30), "jpeg"),
        (pasted.webp(40, 30), "webp"),
    ],
)
def test_each_kind_is_known_by_its_bytes(data: bytes, kind: str) -> None:
    text = base64.encodebytes(data).decode()
    assert checked(text) == checked(text.splitlines(True)) == (f"image/{kind}", pasted.text(data))


@pytest.mark.parametrize("make", [pasted.png, pasted.jpeg, pasted.gif, pasted.webp])
def test_the_pixels_are_counted_from_the_header(make) -> None:
    width, height = (10_000, 10_000)
    with pytest.raises(PictureError, match="10000 x 10000 pixels"):
        checked(pasted.text(make(width, height)))
    with pytest.raises(PictureError, match=r"pixels|whole"):
        checked(pasted.text(make(60_000, 60_000)))
    if make is not pasted.webp:  # it has no way to say 0
        with pytest.raises(PictureError):
            checked(pasted.text(make(0, 5)))


def test_all_frames_count() -> None:
    frame = pasted.gif(5000, 5000)
    first = frame.index(b",\0\0\0\0")
    film = frame[:-1] + frame[first:-1] * 3 + b";"
    checked(pasted.text(frame))
    with pytest.raises(PictureError, match="5000 x 5000 pixels"):
        checked(pasted.text(film))


@pytest.mark.parametrize(
    "content",
    [
        None,
        7,
        [1],
        {"a": 1},
        "",
        "no base64!",
        "\ud800",
        pasted.text(b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        pasted.text(b"GIF89a<script>")[:8],
        pasted.text(b"BM" + bytes(60)),
        pasted.text(b"\x89PNG\r\n\x1a\n"),
        pasted.text(b"\xff\xd8\xff\xe0\x00\x00" * 40),
        pasted.text(b"RIFF\0\0\0\0WEBPxxxx"),
    ],
)
def test_what_is_none_is_refused_with_a_reason(content: object) -> None:
    with pytest.raises(PictureError, match=r"^it is "):
        checked(content)


def test_any_bytes_are_read_or_refused() -> None:
    for whole in (pasted.png(), pasted.GIF, pasted.jpeg(4, 3), pasted.webp(4, 3)):
        for at in range(len(whole)):
            for data in (whole[:at], whole[:at] + b"\xff" + whole[at + 1 :], whole[:at] + bytes(9)):
                with contextlib.suppress(PictureError):
                    assert checked(pasted.text(data))[0].startswith("image/")


def test_a_large_one_is_refused_before_it_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MOST_BYTES", 1000)
    with pytest.raises(PictureError, match="larger than"):
        checked("A" * 2001)
    with pytest.raises(PictureError, match="larger than"):
        checked(pasted.text(pasted.png() + bytes(1000)))


def test_pasted_pictures_get_their_true_type_and_others_a_reason() -> None:
    good, bad = pasted.text(pasted.png()), pasted.text(b"<svg onload='x'>")
    found = attached(
        {'"><x>': {'image/svg+xml" onload="x': good}, "b": {"image/png": bad}, "c": {}}
    )
    assert found['"><x>'] == {"image/png": good}
    assert found["b"] == {"text/plain": "it is no PNG, JPEG, GIF or WebP"}
    assert found["c"] == {"text/plain": "it is not a picture"}
