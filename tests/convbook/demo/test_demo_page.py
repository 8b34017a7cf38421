"""What a demo gives to a notebook, a slide and a test, without a browser."""

import json
import re
from html.parser import HTMLParser
from importlib.resources import files

import looks
import numpy as np
import pytest

from convbook import demo
from convbook.demo.page import Demo, to_json

MAKERS = [
    demo.convolution,
    demo.backward,
    demo.max_pooling,
    demo.im2col,
    demo.laboratory,
    demo.windows,
    demo.receptive_field,
    demo.fc_to_conv,
    demo.activations,
    demo.race,
    demo.training,
    demo.recognition,
    looks.convolution,
]
each_demo = pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)


class Tags(HTMLParser):
    """The tags of a page with their attributes, in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


@each_demo
def test_page_fetches_nothing(make):
    page = make().page()
    assert "http" not in page
    assert not re.search(r"@import|url\(|fetch\(|XMLHttpRequest|\bimport\b[ (]", page)
    for tag, attributes in Tags(page).found:
        assert not {"src", "href", "srcset"} & attributes.keys(), tag


@each_demo
def test_iframe_holds_the_page_and_nothing_beside_it(make):
    shown = make()
    tags = Tags(shown.iframe()).found
    assert [tag for tag, _ in tags] == ["iframe"]
    assert tags[0][1]["srcdoc"] == shown.page()
    assert tags[0][1]["title"] == shown.title


@each_demo
def test_notebook_gets_html_and_a_sentence(make):
    bundle = make()._repr_mimebundle_()
    assert bundle.keys() == {"text/html", "text/plain"}
    assert bundle["text/html"] == make()._repr_html_()
    assert bundle["text/plain"].startswith("Demo: ") and bundle["text/plain"].endswith(".")
    assert "!" not in bundle["text/plain"]


@each_demo
def test_same_call_gives_the_same_page(make):
    assert make().page() == make().page()


@each_demo
def test_page_is_small(make):
    carried = {  # weights and pictures
        demo.activations: 90_000,
        demo.laboratory: 14_000,
        demo.recognition: 300_000,
        demo.training: 300_000,
    }
    assert len(make().iframe()) < 60_000 + carried.get(make, 0)


def test_data_cannot_end_its_script():
    shown = Demo("im2col", {"text": "</script><p>"}, title='a "b" <c>', summary="Demo: none.")
    tags = Tags(shown.page()).found
    assert "p" not in [tag for tag, _ in tags]
    assert Tags(shown.iframe()).found[0][1]["title"] == 'a "b" <c>'
    assert json.loads(to_json({"text": "</script>"})) == {"text": "</script>"}


def test_numbers_are_written_as_one_reads_them():
    data = {"x": np.array([[1.0, 0.5]]), "n": np.int64(3), "pair": (1, 2.0)}
    assert to_json(data) == '{"x": [[1, 0.5]], "n": 3, "pair": [1, 2]}'
    with pytest.raises(ValueError):
        to_json({"x": np.array([np.nan])})


def test_every_script_names_its_files():
    for asset in files("convbook.demo").joinpath("js").iterdir():
        text = asset.read_text(encoding="utf-8")
        assert text.startswith('"use strict";'), asset.name
        assert len(text.splitlines()) < 300, asset.name


@pytest.mark.parametrize(
    "call",
    [
        lambda: demo.convolution(np.zeros((2, 3, 5, 5))),
        lambda: demo.convolution(np.zeros(5)),
        lambda: demo.convolution(w=np.zeros((2, 2, 3, 3))),
        lambda: demo.convolution(b=[1, 2, 3]),
        lambda: demo.backward(w=np.zeros((2, 1, 3, 3))),
        lambda: demo.backward(dout=np.zeros((2, 2))),
        lambda: demo.backward(stride=3),
        lambda: demo.backward(np.zeros((3, 5, 5))),
        lambda: demo.max_pooling(np.zeros((2, 5, 5))),
        lambda: demo.max_pooling(dout=np.zeros((2, 2))),
        lambda: demo.im2col(np.zeros((2, 1, 5, 5))),
        lambda: demo.convolution(stride=0),
        lambda: demo.convolution(pad=-1),
        lambda: demo.im2col(size=0),
        lambda: demo.fc_to_conv(np.zeros((4, 5))),
        lambda: demo.fc_to_conv(w=np.zeros((8, 2))),
        lambda: demo.fc_to_conv(w=np.zeros((9, 0))),
        lambda: demo.fc_to_conv(b=[1]),
        lambda: demo.fc_to_conv(passes=5),
        lambda: demo.fc_to_conv(passes=0),
        lambda: demo.receptive_field([]),
        lambda: demo.receptive_field([(3, 1)]),
        lambda: demo.receptive_field([(3, 0, 1)]),
        lambda: demo.receptive_field([(7, 1, 1)]),
        lambda: demo.windows(W=0),
        lambda: demo.windows(W=13),
        lambda: demo.windows(P=4),
    ],
)
def test_wrong_arguments_are_named(call):
    with pytest.raises(ValueError, match=r"must|fit"):
        call()


def test_shapes_that_a_lesson_may_hand_over():
    x = np.arange(16.0).reshape(4, 4)
    for given in (x, x[None], x[None, None]):
        assert demo.max_pooling(given, size=2).data["x"].shape == (4, 4)
        assert demo.im2col(given).data["x"].shape == (1, 4, 4)
        assert demo.backward(given, stride=1).data["dout"].shape == (4, 4)
        w = np.ones((1, 1, 3, 3))
        assert demo.convolution(given, w).data["H"] == 4
