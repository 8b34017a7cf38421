"""The net that lessons 01 and 02 look into gives the boxes that lesson 01 counts."""

import numpy as np

from convbook import data, trained


def test_each_layer_has_its_box_and_a_right_half_is_recognised() -> None:
    net = data.pretrained("photos4")
    cat = data.photo("chelsea")[:, :, 70:198:4, 250:378:4]
    boxes = trained.volumes(net, cat)
    assert len(boxes) == len(trained.KINDS)
    assert [box.shape[1:] for box in boxes] == [
        (3, 32, 32),
        *[(12, 32, 32)] * 2,
        *[(12, 16, 16)] * 3,
        *[(12, 8, 8)] * 3,
        (12, 4, 4),
        (4, 1, 1),
    ]
    assert net.classes[int(boxes[-1].argmax())] == "cat"
    assert sum(array.size for array in net.params.values()) == 4300


def test_a_larger_picture_goes_as_far_as_the_last_pool() -> None:
    net = data.pretrained("photos4")
    boxes = trained.volumes(net, np.zeros((2, 3, 16, 40)))
    assert len(boxes) == len(trained.KINDS) - 1
    assert boxes[-1].shape == (2, 12, 2, 5)
