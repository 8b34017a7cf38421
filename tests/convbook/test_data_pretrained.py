"""The shipped net of lesson 12: plain arrays that fit together and know their classes."""

import numpy as np

from convbook import data, layers

STRIDES = (2, 2, 1)


def test_the_file_holds_plain_arrays() -> None:
    with np.load(data.folder() / "pretrained" / "emoji7.npz", allow_pickle=False) as file:
        kinds = {name: file[name].dtype for name in file.files}
    assert kinds.pop("mean") == np.float32
    assert set(kinds) == {f"{kind}{k}" for kind in "wb" for k in (1, 2, 3, 4)}
    assert set(kinds.values()) == {np.dtype(np.float16)}


def test_the_net_knows_its_seven_classes() -> None:
    net = data.pretrained()
    assert len(net.classes) == 7
    assert {"hand", "person", "plant"}.isdisjoint(net.classes)
    pictures = data.load("emoji10")
    known = [pictures.classes.index(name) for name in net.classes]
    rows = np.flatnonzero(np.isin(pictures.y_test, known))[:200]
    x = data.centred(pictures.x_test[rows], net.mean)
    for k, stride in enumerate(STRIDES, start=1):
        x, _ = layers.conv_forward(x, net.params[f"w{k}"], net.params[f"b{k}"], stride)
        x, _ = layers.relu_forward(x)
    scores, _ = layers.affine_forward(x, net.params["w4"], net.params["b4"])
    right = np.asarray(known)[scores.argmax(axis=1)] == pictures.y_test[rows]
    assert right.mean() > 0.45  # 57 % of all 700; guessing gets 14 %
