"""Whose layers the living net runs on, and what is said of functions that it cannot use."""

import time
from pathlib import Path

import numpy as np
import pytest

from convbook import data, earlier, layers, trained
from convbook.living import layers as own
from convbook.living import looking, pictures

NOWHERE = Path("nowhere")
PIECE = pictures.small(data.photo("chelsea"))[17:49, 62:94]


def eye(*functions, lesson: str = "03_backprop", folder: Path = NOWHERE) -> looking.Eye:
    return looking.photos4(functions, lesson, folder)


def named(function, name: str):
    function.__name__ = name
    return function


def conv_forward(x, w, b, stride=1, pad=0):
    return layers.conv_forward(x, w, b, stride, pad)


def conv_backward(dout, cache):
    return layers.conv_backward(dout, cache)


def kinds_of(look: looking.Look, net: looking.Eye) -> set[str]:
    return {
        step.kind for step, whose in zip(net.steps, look.whose, strict=True) if whose == "yours"
    }


def test_without_own_functions_the_boxes_are_those_of_lesson_01() -> None:
    net = eye(lesson="01_volumes")
    look = net.look(PIECE)
    boxes = trained.volumes(data.pretrained("photos4"), PIECE.transpose(2, 0, 1)[None] / 255)
    np.testing.assert_allclose(look.scores, boxes[-1].ravel(), rtol=1e-4)
    assert [(low, high) for low, high in look.ranges] == [
        pytest.approx((box.min(), box.max()), abs=1e-4) for box in boxes[1:-1]
    ]
    assert net.names == [f"{kind} {k}" for k in (1, 2, 3) for kind in ("CONV", "RELU", "POOL")] + [
        "FC"
    ]
    assert look.saliency is None and look.said == [] and set(look.whose) == {"the course’s"}


def test_a_right_function_is_taken_and_marked() -> None:
    called = []

    def forward(*args, **how):
        called.append(args[0].shape)
        return conv_forward(*args, **how)

    net = eye(named(forward, "conv_forward"), lesson="02_convolution")
    look = net.look(PIECE)
    assert kinds_of(look, net) == {"CONV"} and look.said == []
    assert called == [(1, 3, 32, 32), (1, 12, 16, 16), (1, 12, 8, 8)]


def test_the_saliency_map_is_the_gradient_of_the_largest_score() -> None:
    net = eye(conv_forward, conv_backward)
    look = net.look(PIECE)
    assert look.saliency is not None and look.saliency.shape == (32, 32)

    def top(pixels: np.ndarray) -> float:
        x = pixels.transpose(2, 0, 1)[None] / 255
        return trained.volumes(data.pretrained("photos4"), x)[-1].ravel()[look.scores.argmax()]

    strong = np.unravel_index(look.saliency.argmax(), (32, 32))
    weak = np.unravel_index(look.saliency.argmin(), (32, 32))
    changes = []
    for place in (strong, weak):
        some = []
        for channel in range(3):
            more = PIECE.astype(float)
            more[(*place, channel)] += 0.5
            some.append(abs(top(more) - top(PIECE.astype(float))))
        changes.append(max(some))
    assert changes[0] > 3 * changes[1]


def slow(x, w, b, stride=1, pad=0):
    while True:
        time.sleep(0.01)


def raises(x, w, b, stride=1, pad=0):
    raise KeyError("where is it?")


def blank(x, w, b, stride=1, pad=0):
    raise NotImplementedError


def without_padding(x, w, b, stride=1, pad=0):
    return layers.conv_forward(x, w, b)


def flipped(x, w, b, stride=1, pad=0):
    return layers.conv_forward(x, w[:, :, ::-1, ::-1], b, stride, pad)


def alone(x, w, b, stride=1, pad=0):
    return layers.conv_forward(x, w, b, stride, pad)[0]


def lists(x, w, b, stride=1, pad=0):
    out, cache = layers.conv_forward(x, w, b, stride, pad)
    return out.tolist(), cache


def endless(x, w, b, stride=1, pad=0):
    out, cache = layers.conv_forward(x, w, b, stride, pad)
    return out * np.nan, cache


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (slow, "takes more than 0 s"),
        (raises, "raised KeyError: 'where is it?'"),
        (blank, "is not written yet"),
        (without_padding, "gives the shape (1, 12, 28, 28), where (1, 12, 32, 32) is needed"),
        (flipped, "gives other numbers than the course’s on this picture"),
        (alone, "does not give a pair, out and cache"),
        (lists, "gives list, not an array of numbers"),
        (endless, "gives numbers that are not finite"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_cannot_be_used_is_said_and_the_course_steps_in(
    function, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own, "SECONDS", 0.3)
    monkeypatch.setattr(function, "__name__", "conv_forward")
    net = eye(function)
    look = net.look(PIECE)
    assert look.said == [f"Your conv_forward {words}: the course’s takes its place."]
    assert kinds_of(look, net) == set()
    np.testing.assert_allclose(look.scores, eye().look(PIECE).scores, rtol=1e-4)
    assert net.look(PIECE).said == look.said, "it is not tried again, and not forgotten"


def test_a_wrong_backward_is_said_and_forward_stays() -> None:
    def wrong(dout, cache):
        return layers.conv_backward(dout, cache)[0] * 2, None, None

    net = eye(conv_forward, named(wrong, "conv_backward"))
    look = net.look(PIECE)
    assert look.said == [
        "Your conv_backward gives other numbers than the course’s on this picture: the course’s"
        " takes its place."
    ]
    assert kinds_of(look, net) == {"CONV"}
    np.testing.assert_array_equal(look.saliency, eye(conv_forward).look(PIECE).saliency)


def test_it_may_change_what_it_is_given() -> None:
    def careless(x, w, b, stride=1, pad=0):
        result = layers.conv_forward(x.copy(), w.copy(), b, stride, pad)
        x[:], w[:] = 0, 0
        return result

    net = eye(named(careless, "conv_forward"))
    first = net.look(PIECE)
    np.testing.assert_allclose(net.look(PIECE).scores, first.scores)
    assert kinds_of(first, net) == {"CONV"}


def test_functions_of_earlier_lessons_are_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def found(source, functions, folder):
        asked.append((source, functions, folder))
        return (vars(layers), "") if source in ("02_convolution", "03_backprop") else (None, "no")

    monkeypatch.setattr(earlier, "own", found)
    net = eye(lesson="06_fully_connected", folder=Path("here"))
    assert kinds_of(net.look(PIECE), net) == set(), "it is shown before it is searched"
    net.search()
    look = net.look(PIECE)
    assert kinds_of(look, net) == {"CONV", "RELU"}
    assert look.said == ["POOL is the course’s: no."]
    assert asked == [
        ("04_im2col", ("conv_forward_im2col", "conv_backward_im2col"), Path("here")),
        ("03_backprop", ("conv_forward", "conv_backward"), Path("here")),
        ("03_backprop", ("relu_forward", "relu_backward"), Path("here")),
        ("05_pooling", ("max_pool_forward", "max_pool_backward"), Path("here")),
    ]
    net.search()
    assert len(asked) == 4, "it is not searched again"


def test_a_function_that_is_no_part_of_the_net_is_refused() -> None:
    with pytest.raises(
        ValueError, match="softmax_loss is no part of this net; it is made of affine"
    ):
        eye(layers.softmax_loss)


def test_a_trained_net_of_the_students_own() -> None:
    class Double:
        def forward(self, x):
            return 2 * x

        def backward(self, dout):
            return 2 * dout

    class Sum:
        whose = "the course’s"

        def forward(self, x):
            self.x = x
            return x.sum(axis=(2, 3))

        def backward(self, dout):
            return np.ones_like(self.x) * dout[:, :, None, None]

    steps = [looking.Own("CONV", Double()), looking.Own("FC", Sum())]
    net = looking.Eye(steps, np.zeros((3, 1, 1)), ("red", "green", "blue"))
    look = net.look(PIECE)
    assert net.names == ["CONV", "FC"] and look.whose == ["yours", "the course’s"]
    np.testing.assert_allclose(look.scores, 2 * PIECE.sum(axis=(0, 1)) / 255, rtol=1e-5)
    assert (look.saliency == 255).all()
