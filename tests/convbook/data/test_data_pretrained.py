"""The shipped nets: plain arrays that fit together and know their classes."""

import numpy as np
import pytest

from convbook import data, layers


@pytest.mark.parametrize(("name", "count"), [("emoji7", 4), ("emoji10", 7), ("photos4", 4)])
def test_the_file_holds_plain_arrays(name: str, count: int) -> None:
    with np.load(data.folder() / "pretrained" / f"{name}.npz", allow_pickle=False) as file:
        kinds = {key: file[key].dtype for key in file.files}
    assert kinds.pop("mean") == np.float32
    assert set(kinds) == {f"{kind}{k}" for kind in "wb" for k in range(1, count + 1)}
    assert set(kinds.values()) == {np.dtype(np.float16)}


def test_the_net_of_lesson_12_knows_its_seven_classes() -> None:
    net = data.pretrained()
    assert len(net.classes) == 7
    assert {"hand", "person", "plant"}.isdisjoint(net.classes)
    pictures = data.load("emoji10")
    known = [pictures.classes.index(name) for name in net.classes]
    rows = np.flatnonzero(np.isin(pictures.y_test, known))[:200]
    x = data.centred(pictures.x_test[rows], net.mean)
    for k, stride in enumerate((2, 2, 1), start=1):
        x, _ = layers.conv_forward(x, net.params[f"w{k}"], net.params[f"b{k}"], stride)
        x, _ = layers.relu_forward(x)
    scores, _ = layers.affine_forward(x, net.params["w4"], net.params["b4"])
    right = np.asarray(known)[scores.argmax(axis=1)] == pictures.y_test[rows]
    assert right.mean() > 0.45  # 57 % of all 700; guessing gets 14 %


def test_the_net_to_look_at_knows_all_ten_classes() -> None:
    net, pictures = data.pretrained("emoji10"), data.load("emoji10")
    assert net.classes == tuple(pictures.classes)
    x = data.centred(pictures.x_test[:200], net.mean)
    for k in range(1, 7):
        x, _ = layers.conv_forward(x, net.params[f"w{k}"], net.params[f"b{k}"], pad=1)
        x, _ = layers.relu_forward(x)
        if k % 2 == 0:
            x, _ = layers.max_pool_forward(x)
    scores, _ = layers.affine_forward(x, net.params["w7"], net.params["b7"])
    right = scores.argmax(axis=1) == pictures.y_test[:200]
    assert right.mean() > 0.42  # 54 % of all 1000; guessing gets 10 %


def test_a_net_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(ValueError, match="'resnet50'; there are emoji7, emoji10, photos4"):
        data.pretrained("resnet50")
