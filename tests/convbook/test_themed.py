"""Plots as notebooks show them: light or dark as the page is, with words, and nothing twice."""

import importlib
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.pylabtools import print_figure
from matplotlib.colors import CSS4_COLORS, TABLEAU_COLORS, to_hex

import convbook
from autograder.course import lessons
from convbook import themed

GROUND = themed.in_the_dark("#ffffff")
FIXED = re.compile(r"""[ "]#[0-9a-f]{6}\b""")


@pytest.fixture(autouse=True)
def no_window() -> Iterator[None]:
    plt.switch_backend("agg")
    yield


@pytest.fixture
def lines() -> Any:
    """A plot without an image: default colours, black, grey, pale and hatched faces, a legend."""
    figure, axis = plt.subplots()
    axis.plot([1, 3, 2], label="a")
    axis.plot([2, 2, 3], "ko--", label="b")
    axis.bar([0, 1], [1, 2], color="lightsteelblue", edgecolor="k")
    axis.bar([2], [1], color="lavender", edgecolor="k", hatch="//")
    axis.axhline(1.5, color="0.7")
    axis.text(1, 1, "in black", color="black")
    axis.set_title("Two & two are <four>")
    axis.legend()
    return figure


@pytest.fixture
def photo() -> Any:
    """An image with text, dots and lines upon it, and a colour bar."""
    figure, axis = plt.subplots()
    image = axis.imshow(np.random.default_rng(1).random((9, 9)), cmap="cividis")
    axis.text(1, 1, "white on it", color="white")
    axis.text(3, 3, "black on it", color="black")
    axis.plot([2, 5], [2, 5], "o", color="white", markeredgecolor="black")
    axis.vlines(3.5, 0, 8, color="black")
    axis.set_title("upon an image")
    figure.colorbar(image)
    return figure


@pytest.mark.parametrize("colour", [*CSS4_COLORS.values(), *TABLEAU_COLORS.values(), "#808080"])
def test_what_stands_out_on_white_does_on_the_dark_ground(colour: str) -> None:
    colour = to_hex(colour)
    light = themed.contrast(colour, "#ffffff")
    assert themed.contrast(themed.in_the_dark(colour), GROUND) >= min(4.5, light) - 1e-9


def test_white_is_the_ground_of_jupyterlab_and_black_is_nearly_white() -> None:
    assert GROUND == "#111111"
    assert themed.contrast(themed.in_the_dark("#000000"), GROUND) > 14
    assert themed.contrast("#000000", "#ffffff") == pytest.approx(21)


def test_no_grey_stands_out_on_both_grounds() -> None:
    """Why a transparent picture with text of one colour will not do."""
    greys = [f"#{level:02x}{level:02x}{level:02x}" for level in range(256)]
    assert not [g for g in greys if min(themed.contrast(g, w) for w in ("#ffffff", GROUND)) >= 4.5]


def test_every_colour_of_a_plot_has_a_light_and_a_dark_value(lines: Any) -> None:
    text = themed.svg(lines)
    sheet, drawn = text.split("</style>", 1)
    assert not FIXED.findall(drawn)
    light, dark = sheet.split("@media (prefers-color-scheme:dark)")
    for name in set(re.findall(r"var\(--(\w+)\)", text)):
        assert f"--{name}:#{name}" in light
        assert f"--{name}:{themed.in_the_dark('#' + name)}" in dark


def test_an_image_and_what_is_upon_it_stay_as_they_are(photo: Any) -> None:
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "convbook"}):
        plain = print_figure(photo, "svg")
    text = themed.svg(photo)
    pictures = [re.findall(r"base64,\s*([\w+/=\s]+)", t) for t in (plain, text)]
    assert len(pictures[0]) == 2, "the image and its bar"
    assert [p.split() for p in pictures[1]] == [p.split() for p in pictures[0]]
    upon = re.findall(r'<g id="kept-\d+">.*?>([^<>]*on it)<', text)
    assert upon == ["white on it", "black on it"]
    assert "fill: #ffffff" in text and "[id^=kept]{fill:#000}" in text
    title = text[text.index("upon an image") - 500 : text.index("upon an image")]
    assert "kept" not in title and not FIXED.findall(title)


def test_dots_that_stand_for_numbers_keep_the_colours_of_their_bar() -> None:
    figure, axis = plt.subplots()
    dots = axis.scatter([1, 2], [1, 2], c=[0.0, 1.0], cmap="viridis")
    dots.set_gid("mine")
    assert "#440154" in themed.svg(figure).split("</style>", 1)[1]
    assert dots.get_gid() == "mine", "nothing of the figure is changed"


def test_the_words_are_the_lessons_own_or_the_titles(lines: Any, photo: Any) -> None:
    assert 'alt="Two &amp; two are &lt;four&gt;"' in themed.html(lines)
    assert 'alt="It says &quot;so&quot; twice."' in themed.html(lines, 'It says\n"so" twice.')
    lines.suptitle("Above all")
    assert themed.titles(lines) == "Above all"
    assert themed.titles(photo) == "upon an image"
    assert 'alt="A plot without a title."' in themed.html(plt.subplots()[0])
    for lesson in lessons().values():
        for cell in lesson.released.cells:
            if "alt" in cell.metadata:
                assert themed.said_of(cell.source) == cell.metadata.alt
    assert themed.said_of("plt.show()") == ""


def test_the_address_is_the_svg(lines: Any) -> None:
    (address,) = re.findall(r'src="data:image/svg\+xml,([^"]*)"', themed.html(lines))
    assert unquote(address) == themed.svg(lines)
    assert "Two &amp; two are &lt;four&gt;" in unquote(address)
    assert not set(address) & set("<>&#\n")


def test_a_plot_takes_less_room_than_its_png(lines: Any) -> None:
    assert len(themed.html(lines)) < len(print_figure(lines, "png", base64=True))


def test_more_lines_than_can_be_seen_are_pixels() -> None:
    figure, axis = plt.subplots()
    axis.scatter(*np.random.default_rng(0).random((2, 40_000)))
    assert len(themed.html(figure)) < 1_000_000
    assert 'src="data:image/png;base64,' in themed.html(figure)


def test_without_a_kernel_plots_stay_as_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    """Grading has a shell and no kernel: nothing of a grade depends on how plots are shown."""
    shell = InteractiveShell()
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    importlib.reload(convbook)
    bundles = shell.display_formatter.mimebundle_formatter
    assert not bundles.deferred_printers and not bundles.type_printers
