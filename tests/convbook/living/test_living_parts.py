"""What the living parts hear and answer, without a browser; and the search for a filter."""

import base64
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from convbook import earlier, kernel, layers, living
from convbook.living import descent, looking, painting, pictures, shown
from convbook.widgets import Live

NET = ("paint.js", "boxes.js", "page.js")


class Images(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.alts: list[str | None] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        if tag == "img":
            self.alts.append(dict(attrs).get("alt"))


def part(lesson: str = "03_backprop") -> shown._Part:
    eye = looking.photos4((), lesson, Path("nowhere"))
    return shown._Part(eye, pictures.shipped(), (32, 32), (17, 62))


def test_outside_a_kernel_nothing_is_done(capsys: pytest.CaptureFixture[str]) -> None:
    living.net(print).show("there is no such picture")
    living.trained(None, [], np.zeros(0), [], np.zeros((1, 3, 32, 32))).show()
    living.paint(None, None)
    assert capsys.readouterr().out == ""


def test_nothing_is_shown_while_a_later_lesson_takes_a_function(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(kernel, "shell", lambda: object())
    monkeypatch.setattr(earlier, "_reading", Path("03_backprop"))
    seen: list[Live] = []
    monkeypatch.setattr(Live, "show", lambda part: seen.append(part))
    living.net().show()
    living.paint(layers.conv_forward, layers.conv_backward)
    assert seen == []
    monkeypatch.setattr(earlier, "_reading", None)
    living.paint(layers.conv_forward, layers.conv_backward)
    assert len(seen) == 1


def test_a_piece_is_looked_at_and_the_answer_has_its_number() -> None:
    one = part()
    dark = np.zeros((32, 32, 3), dtype=np.uint8)
    answer = one.hear({"piece": base64.b64encode(dark.tobytes()).decode(), "serial": 7})
    frame = answer["frame"]
    assert frame["serial"] == 7 and len(frame["scores"]) == 4
    assert len(frame["maps"]) == sum(b["C"] * b["H"] * b["W"] for b in one.boxes)
    assert len(frame["saliency"]) == 32 * 32
    assert frame["scores"] != part().look()["scores"]


@pytest.mark.parametrize("sent", [None, 3, "x", "AAAA", "A" * 100_000, ["A"]])
def test_what_is_no_piece_is_refused(sent) -> None:
    with pytest.raises(ValueError, match="32 x 32 pixels"):
        part().hear({"piece": sent, "serial": 1})


def test_the_still_picture_has_words() -> None:
    text = part().still()
    alts = Images(text).alts
    assert len(alts) == 11 and all(alts)
    assert "The net takes it for <b>cat</b>. All layers are the course’s." in text
    assert "where it looks" in text and "where it looks" not in part("02_convolution").still()
    assert len(text) < 60_000


def test_scripts_are_small() -> None:
    from convbook.living.assets import asset

    for names in (NET, ("paint.js", "descent.js")):
        assert sum(len(asset(name)) for name in names) < 60_000


def search(forward=layers.conv_forward, backward=layers.conv_backward) -> descent.Descent:
    found = descent.Descent(painting.photograph(), forward, backward)
    found.want_filter(painting.WANTED["vertical edges"])
    found.rate = 0.6 * found.largest_rate
    return found


def run(found: descent.Descent, most: int = 1000) -> descent.Descent:
    for _ in range(most):
        found.step()
    return found


def test_the_filter_is_found() -> None:
    found = run(search())
    expected = painting.WANTED["vertical edges"]
    w = found.w / np.abs(found.w).max() * 2
    np.testing.assert_allclose(w, expected, atol=0.2)
    assert found.status == "done" and len(found.losses) <= descent.MOST_STEPS + 1
    assert found.losses[-1] < found.losses[0] / 1000 and found.said == []


def test_a_rate_that_is_too_large_diverges_and_is_named() -> None:
    one = painting._Part(layers.conv_forward, layers.conv_backward)
    one.hear({"rate": 1.5 * one.search.largest_rate})
    for n in range(1000):
        frame = one.hear({"step": True, "serial": n})["frame"]
    assert frame["status"] == "diverged" and len(frame["losses"]) < 100
    assert "It diverges: after" in frame["sentence"]
    assert f"happens above {one.search.largest_rate:.2g}. Begin anew" in frame["sentence"]
    assert one.hear({"begin": True})["frame"]["status"] == "ready"


@pytest.mark.parametrize(("factor", "status"), [(0.95, "done"), (1.1, "diverged")])
def test_the_largest_rate_is_the_largest(factor: float, status: str) -> None:
    found = search()
    found.rate = factor * found.largest_rate
    assert run(found).status == status


def test_a_painted_map_is_wanted_where_it_is_painted() -> None:
    one = painting._Part(layers.conv_forward, layers.conv_backward)
    wanted = np.full(one.search.wanted.shape, descent.NOTHING, dtype=np.int8)
    nothing = one.hear({"painted": base64.b64encode(wanted.tobytes()).decode()})["frame"]
    assert nothing["sentence"].startswith("Nothing is painted yet")
    assert one.hear({"step": True})["frame"]["losses"] == []
    wanted[10:20, 10:20] = 64
    one.hear({"painted": base64.b64encode(wanted.tobytes()).decode(), "begin": True})
    one.hear({"rate": 0.5 * one.search.largest_rate})
    run(one.search)
    there = one.search.out[10:20, 10:20]
    assert abs(there - 64 / descent.PARTS).mean() < 0.3
    with pytest.raises(ValueError, match="46 x 46 places"):
        one.hear({"painted": "AAAA"})


@pytest.mark.parametrize(
    ("forward", "backward", "words"),
    [
        (
            layers.conv_forward,
            lambda dout, cache: (0, layers.conv_backward(dout, cache)[1] * 2, 0),
            "gives another dw than the course’s",
        ),
        (
            lambda x, w, b: (layers.conv_forward(x, w, b)[0] + 1, None),
            layers.conv_backward,
            "gives another map than the course’s",
        ),
        (layers.conv_forward, lambda dout, cache: None, "does not give dx, dw and db"),
        (layers.conv_forward, lambda dout, cache: 1 / 0, "raised ZeroDivisionError"),
    ],
)
def test_a_wrong_layer_is_said_and_the_course_steps_in(forward, backward, words: str) -> None:
    found = run(search(forward, backward), 5)
    assert words in found.said[0] and found.said[0].endswith("the course’s takes its place.")
    np.testing.assert_allclose(found.w, run(search(), 5).w)


def test_the_search_has_a_still_picture() -> None:
    one = painting._Part(layers.conv_forward, layers.conv_backward)
    one.hear({"step": True})
    assert len(Images(one.still()).alts) == 3 and all(Images(one.still()).alts)
