"""A notebook names a known mistake from what it is answered, and knows no more than that."""

import json

import pytest
from machine import lesson_params
from naming_at_home import failing

from autograder.course import Lesson, lessons
from autograder.judging import at_home
from convbook.check import fingerprint, names

LESSON = lessons()["02_convolution"]
# Written by people who had none of our sources.
FLIPPED = """
def correlate2d(img, kern):
    kh, kw = kern.shape
    oh, ow = img.shape[0] - kh + 1, img.shape[1] - kw + 1
    res = np.zeros((oh, ow), dtype=np.float32)
    for r in range(oh):
        for c in range(ow):
            acc = 0
            for a in range(kh):
                for b in range(kw):
                    acc += img[r + a][c + b] * kern[kh - 1 - a][kw - 1 - b]
            res[r, c] = acc
    return res
"""
ACCEPTED = """
def conv_forward(x, w, b, stride=1, pad=0, dilation=1):
    import math
    xp = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)], "constant")
    n, c, h, wd = xp.shape
    f, c, hh, ww = w.shape
    ho, wo = math.floor((h - hh) / stride + 1), math.floor((wd - ww) / stride + 1)
    o = np.zeros((n, f, ho, wo))
    for i in range(ho):
        for j in range(wo):
            patch = xp[:, :, i * stride : i * stride + hh, j * stride : j * stride + ww]
            o[:, :, i, j] = np.tensordot(patch, w, [(1, 2, 3), (1, 2, 3)]) + b
    return o, None
"""
ODD = "def correlate2d(x, w):\n    return np.full((x.shape[0] - w.shape[0] + 1, 3), 0.25)"


@pytest.mark.parametrize(
    ("cell", "source", "check_id", "name"),
    [
        ("correlate2d", FLIPPED, "check-correlate2d", "filter flipped"),
        (
            "conv_forward",
            ACCEPTED,
            "check-conv_forward-fit",
            "a size that does not fit is accepted",
        ),
        ("correlate2d", ODD, "check-correlate2d", None),
    ],
)
def test_a_mistake_is_named_however_it_is_written(
    cell: str, source: str, check_id: str, name: str | None
) -> None:
    shown, error, trace = failing(LESSON, {cell: source}, check_id)
    found = names.of_failure(shown, error, trace)
    assert [one.name for one in found] == ([name] if name else [])


@pytest.mark.parametrize("lesson", lesson_params())
def test_the_names_are_those_of_the_lesson_as_it_is(lesson: Lesson) -> None:
    assert at_home.is_up_to_date(lesson), "run autograder build"


def test_nothing_can_be_read_in_advance() -> None:
    for path in names.FOLDER.glob("*.json"):
        text = path.read_text(encoding="utf-8")
        assert "filter" not in text
        content = json.loads(text)
        assert set(content) == {"of", "names"}
        assert all(len(place) == 16 for place in content["names"])


def test_only_its_own_fingerprint_opens_a_text() -> None:
    sealed = fingerprint.seal("a name", "one")
    assert fingerprint.opened(sealed, "one") == "a name"
    with pytest.raises(UnicodeDecodeError):
        print(fingerprint.opened(sealed, "other"))
