"""The frame: theme, height, room, keyboard, contrast, in a host page without network."""

import looks
import numpy as np
import pytest

from convbook import demo, gpu
from convbook.gpu.clock import Entry

SLIDE = (1280, 720)
PHONE = (390, 844)

WIDE_BACKWARD = np.random.default_rng(0).integers(-2, 3, (2, 5, 5))
LOG = [
    Entry("upload", "asarray", bytes=10**6),
    *[Entry("launch", name, bytes=10**7) for name in ("matmul", "add", "maximum")],
    Entry("download", "get", bytes=4),
    Entry("wait", "get"),
] * 3
DEMOS = {
    "convolution": demo.convolution,
    "backward": demo.backward,
    "backward, two channels": lambda: demo.backward(WIDE_BACKWARD),
    "max_pooling": demo.max_pooling,
    "im2col": demo.im2col,
    "fc_to_conv": demo.fc_to_conv,
    "fc_to_conv, four passes": lambda: demo.fc_to_conv(passes=4),
    "receptive_field": demo.receptive_field,
    "windows": demo.windows,
    "windows that do not fit": lambda: demo.windows(8, 3, 2, 1),
    "activations": demo.activations,
    "race": demo.race,
    "training": demo.training,
    "recognition": demo.recognition,
    "look": looks.convolution,
    "look, in words": looks.norm,
    "timeline": lambda: demo.timeline(gpu.Counts(waits=3, log=LOG)),
}
each_demo = pytest.mark.parametrize("make", DEMOS.values(), ids=DEMOS.keys())


def host(shown, body="", style=""):
    return (
        f"<!doctype html><style>body {{ margin: 0; {style} }}</style><body {body}>{shown.iframe()}"
    )


def frame_of(viewer):
    """The document inside the frame."""
    return viewer.page.query_selector("iframe").content_frame()


def theme_of(viewer):
    frame = frame_of(viewer)
    frame.wait_for_selector("html[data-shown]", state="attached")
    return frame.get_attribute("html", "data-shown")


@each_demo
@pytest.mark.parametrize("size", [SLIDE, (860, 700), PHONE], ids=["slide", "notebook", "phone"])
def test_nothing_is_clipped(view, make, size):
    viewer = view(make(), size)
    for keys in [["Home"], ["ArrowRight"] * 4, ["End"]]:
        assert viewer.press(*keys).clipped() == []
    if size == SLIDE:
        assert viewer.page.evaluate("document.documentElement.scrollHeight") <= size[1]


@pytest.mark.parametrize("size", [SLIDE, PHONE], ids=["slide", "phone"])
def test_settings_do_not_clip(view, size):
    viewer = view(demo.convolution(), size)
    for hyper in [dict(W=7, F=3, S=1, P=1), dict(W=5, F=3, S=3, P=1), dict(W=6, F=4, S=1, P=0)]:
        viewer.enter(**hyper)
        viewer.press("End")
        assert viewer.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        if size == SLIDE:
            assert viewer.clipped() == []
            assert viewer.page.evaluate("document.documentElement.scrollHeight") <= size[1]


HEIGHTS = """() => new Promise((done) =>
    requestAnimationFrame(() => requestAnimationFrame(() => done([
        window.frameElement.clientHeight,
        document.querySelector("main").getBoundingClientRect().height,
    ]))))"""


@each_demo
@pytest.mark.parametrize("size", [SLIDE, PHONE], ids=["slide", "phone"])
def test_frame_is_as_high_as_its_content(view, make, size):
    viewer = view(host(make()), size)
    frame = frame_of(viewer)
    frame.wait_for_selector("main[data-step]")
    for act in ["stage.go(0)", "stage.go(stage.steps - 1)"]:
        frame.evaluate(act)
        outer, inner = frame.evaluate(HEIGHTS)
        assert inner <= outer < inner + 1
        assert frame.evaluate("document.documentElement.scrollHeight <= innerHeight")


def test_frame_grows_with_the_picture(view):
    viewer = view(host(demo.convolution()))
    frame = frame_of(viewer)
    before = viewer.page.evaluate("document.querySelector('iframe').clientHeight")
    frame.fill("#set-W", "8")
    frame.fill("#set-S", "1")
    viewer.page.wait_for_function(
        "(h) => document.querySelector('iframe').clientHeight > h", arg=before
    )


@pytest.mark.parametrize(
    "body,style,system,expected",
    [
        ('data-jp-theme-light="false"', "", "light", "dark"),
        ('data-jp-theme-light="true"', "", "dark", "light"),
        ('data-vscode-theme-kind="vscode-dark"', "", "light", "dark"),
        ('data-vscode-theme-kind="vscode-high-contrast-light"', "", "dark", "light"),
        ('data-theme="dark"', "", "light", "dark"),
        ("", "background: #191919", "light", "dark"),
        ("", "background: rgb(250, 250, 240)", "dark", "light"),
        ("", "", "dark", "dark"),
        ("", "", "light", "light"),
    ],
)
def test_theme_follows_the_page_around(view, body, style, system, expected):
    viewer = view(host(demo.im2col(), body, style), color_scheme=system)
    assert theme_of(viewer) == expected


def test_theme_changes_with_the_page_around(view):
    viewer = view(host(demo.im2col(), 'data-jp-theme-light="true"'))
    assert theme_of(viewer) == "light"
    for light, expected in [("false", "dark"), ("true", "light")]:
        viewer.page.evaluate("(light) => document.body.dataset.jpThemeLight = light", light)
        frame_of(viewer).wait_for_selector(f"html[data-shown={expected}]", state="attached")
    viewer.page.emulate_media(color_scheme="dark")
    assert theme_of(viewer) == "light", "JupyterLab's theme counts, not the system's"


def test_a_frame_without_access_to_its_host_works(view):
    sealed = host(demo.im2col()).replace("<iframe", '<iframe sandbox="allow-scripts"')
    viewer = view(sealed, color_scheme="dark")
    assert theme_of(viewer) == "dark"
    frame_of(viewer).click("#next")
    assert frame_of(viewer).inner_text("#count") == "step 2 of 9"


@each_demo
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_is_large_and_stands_out(view, make, theme):
    viewer = view(make(), theme=theme)
    for keys in [["Home"], ["ArrowRight"] * 4, ["End"]]:
        looks = viewer.press(*keys).looks()
        assert len(looks) > 20
        assert [look for look in looks if look["contrast"] < 4.5] == []
        assert [look for look in looks if look["size"] < 14] == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_warning_stands_out_too(view, theme):
    viewer = view(demo.convolution(), theme=theme)
    viewer.enter(S=3)
    assert viewer.read().steps == 0
    assert [look for look in viewer.looks() if look["contrast"] < 4.5] == []


def test_focus_goes_through_all_controls_and_is_seen(view):
    viewer = view(demo.convolution())
    names = ["previous", "play", "next", "slider", *(f"set-{key}" for key in "WFSPD")]
    for name in names:
        viewer.press("Tab")
        assert viewer.page.evaluate("document.activeElement.id") == name
        outline = "parseFloat(getComputedStyle(document.activeElement).outlineWidth)"
        assert viewer.page.evaluate(outline) >= 3


def test_keys(view):
    viewer = view(demo.convolution())
    moves = [("ArrowRight", 1), ("End", 17), ("ArrowRight", 17), ("ArrowLeft", 16), ("Home", 0)]
    for key, step in [*moves, ("ArrowLeft", 0)]:
        assert viewer.press(key).read().step == step, key
    viewer.page.focus("#slider")
    assert viewer.press("ArrowRight").read().step == 1, "one step, not two"
    viewer.page.focus("#set-W")
    assert viewer.press("ArrowLeft", "Home").read().step == 1, "here they belong to the number"
    viewer.page.focus("#next")
    assert viewer.press("Enter", "Space").read().step == 3


def test_numbers_out_of_range_change_nothing(view):
    viewer = view(demo.convolution())
    before = viewer.page.inner_text(".formula")
    for value in ["0", "99", "", "2.5", "-1"]:
        viewer.page.fill("#set-S", value)
        assert viewer.page.inner_text(".formula") == before
    viewer.page.fill("#set-S", "1")
    assert viewer.page.inner_text(".formula").startswith("(5 - 3 + 2*1)/1 + 1 = 5")


def test_play_goes_to_the_end_and_stops_there(view):
    viewer = view(demo.backward())
    viewer.page.evaluate("stage.interval = 5")
    viewer.press("Space")
    viewer.page.wait_for_function("stage.step === stage.steps - 1")
    viewer.page.wait_for_function("document.querySelector('#play').innerText === 'Play'")
    viewer.page.evaluate("stage.interval = 10000")
    viewer.page.click("#play")
    assert viewer.read().step == 0, "from the end it starts again"
    assert viewer.page.inner_text("#play") == "Pause"
    viewer.press("ArrowRight")
    assert viewer.page.inner_text("#play") == "Play", "a move by hand stops playing"


def test_sentence_is_read_aloud_and_cells_can_be_tapped(view):
    viewer = view(demo.convolution(), has_touch=True)
    assert viewer.page.get_attribute("#sentence", "aria-live") == "polite"
    viewer.page.tap('[data-name="out[0, 1]"] tr:nth-child(2) td:nth-child(3)')
    seen = viewer.read()
    assert seen.step == 9 + 5
    assert seen.sentence.startswith("out[0, 1, 1, 2] = ")


TARGETS = """() => [...document.querySelectorAll("button, input, .pick td")]
    .filter((node) => node.checkVisibility({ visibilityProperty: true }))
    .map((node) => node.getBoundingClientRect())
    .filter(({ width, height }) => width < 24 || height < 24).length"""


@pytest.mark.parametrize(
    "make", [make for make in DEMOS.values() if make is not demo.receptive_field]
)
def test_what_can_be_tapped_has_room_for_a_finger(view, make):
    """24 pixels, as WCAG asks; a cell of receptive_field is reached by slider and keys, too."""
    assert view(make(), PHONE, has_touch=True).page.evaluate(TARGETS) == 0


def test_escape_gives_the_keyboard_back(view):
    listen = "<script>addEventListener('keydown', (e) => { window.got = e.key; })</script>"
    viewer = view(host(demo.im2col()) + listen)
    frame = frame_of(viewer)
    frame.click("#next")
    viewer.press("ArrowRight")
    assert frame.inner_text("#count") == "step 3 of 9"
    viewer.press("Escape", "ArrowRight")
    assert viewer.page.evaluate("window.got") == "ArrowRight"
    assert frame.inner_text("#count") == "step 3 of 9"


def test_less_motion_where_the_reader_asks_for_it(view):
    for motion, moves in [("no-preference", True), ("reduce", False)]:
        viewer = view(demo.im2col(), reduced_motion=motion)
        viewer.press("ArrowRight")
        assert (viewer.page.evaluate("document.getAnimations().length") > 0) is moves


def test_sliders_of_windows_by_keyboard_and_all_sizes_on_a_slide(view):
    viewer = view(demo.windows(), (960, 600))
    viewer.press("End")
    assert viewer.read().step == 2
    viewer.page.focus("#set-W")
    seen = viewer.press("ArrowRight", "ArrowRight").read()
    assert (seen.step, seen.steps) == (0, 4), "the arrows moved the slider, which starts anew"
    assert viewer.page.inner_text(".formula").startswith("(9 - 3 + 2*0)/2 + 1 = 4")
    for sizes in [dict(W=12, F=7, S=1, P=3), dict(W=12, F=7, S=5, P=3), dict(W=1, F=7, S=5, P=0)]:
        viewer.enter(**sizes)
        assert viewer.clipped() == []
        assert viewer.page.evaluate("document.documentElement.scrollHeight") <= 600
