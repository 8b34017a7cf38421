"""The timeline: its schedule against Python's, and what mouse, keys and a screen reader find."""

import dataclasses
import random
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from convbook import demo, gpu
from convbook.demo.page import read_asset
from convbook.gpu import cupy as cp
from convbook.gpu import cupyx
from convbook.gpu.clock import Costs, Entry, measure, schedule

WIDE = (1000, 640)
SCRIPTS = ("clock", "lanes", "facts", "timeline")


def trained(pinned: bool = False, steps: int = 4) -> gpu.Counts:
    """Three products a batch; each batch is uploaded, and each loss waited for."""
    host = (cupyx.empty_pinned if pinned else np.empty)((512, 512), dtype=np.float32)
    host[:] = 1 / 512
    with gpu.simulated(costs=Costs()):
        w = cp.ones((512, 512), dtype=np.float32)
        stream = cp.cuda.Stream(non_blocking=True) if pinned else cp.cuda.Stream.null
        with gpu.counting() as seen:
            for _ in range(steps):
                with stream:
                    x = cp.asarray(host)
                    there = stream.record()
                cp.cuda.get_current_stream().wait_event(there)
                for _ in range(3):
                    x = x @ w
                if not pinned:
                    float(x[0, 0])
    return seen


@pytest.fixture
def show(view: Any) -> Iterator[Any]:
    """show(seen, theme): a page with the timeline of it."""

    def page(seen: gpu.Counts | None = None, theme: str = "light", size=WIDE, **options: Any):
        return view(demo.timeline(seen or trained()), size, theme, **options)

    yield page


def in_view(viewer: Any) -> tuple[float, float]:
    found = viewer.page.evaluate("[view.from, view.to]")
    return tuple(found)


def total(viewer: Any) -> float:
    return 1000 * viewer.page.evaluate("times.total")


def made_up(rng: random.Random) -> list[Entry]:
    """A log of any kinds of entries, on streams of all three kinds."""
    log, marks = [], 0
    for _ in range(60):
        kind: Any = rng.choice(
            ["launch"] * 4 + ["upload"] * 2 + "download wait record follow".split()
        )
        stream = rng.choice([0, 0, 1, -2, 3, -4])
        entry = Entry(kind, rng.choice("abc"), stream, rng.randrange(10**7), rng.randrange(10**9))
        if kind == "record":
            marks += 1
            entry = entry._replace(mark=marks)
        elif kind == "follow" or (kind == "wait" and rng.random() < 0.3):
            entry = entry._replace(mark=rng.randint(0, marks))
        elif kind == "wait" and rng.random() < 0.3:
            entry = entry._replace(stream=None)
        log.append(entry._replace(pinned=rng.random() < 0.5))
    return [Entry("compile", "a"), *log]


@pytest.mark.parametrize(
    "costs", [Costs(), Costs(kernel=2e-5, compile=1e-4), Costs(launch=1e-4, bus=1e9, memory=1e11)]
)
def test_the_page_computes_the_same_schedule(view: Any, costs: Costs) -> None:
    viewer = view(demo.timeline(trained()))
    rng = random.Random(3)
    for _ in range(8):
        log = made_up(rng)
        given = [entry._asdict() for entry in log], dataclasses.asdict(costs)
        spans = viewer.page.evaluate("([log, costs]) => schedule(log, costs)", given)
        expected = schedule(log, costs)
        assert [(s["lane"], s["kind"], s["entry"]) for s in spans] == [
            (s.lane, s.kind, s.entry) for s in expected
        ]
        np.testing.assert_allclose(
            [(s["start"], s["end"]) for s in spans], [(s.start, s.end) for s in expected], rtol=1e-9
        )
        sums = viewer.page.evaluate("([log, costs]) => measure(schedule(log, costs))", given)
        wanted = measure(log, costs)
        for name in ("total", "host", "bus", "gpu", "overlap"):
            assert 1000 * sums[name] == pytest.approx(getattr(wanted, name)), name


@pytest.mark.parametrize("pinned", [False, True])
def test_the_sums_are_those_of_gpu_times(show: Any, pinned: bool) -> None:
    seen = trained(pinned)
    viewer, wanted = show(seen), gpu.times(seen)
    cells = viewer.page.evaluate(
        "[...sums.querySelectorAll('td[data-v]')].map((td) => +td.dataset.v)"
    )
    lanes = ("host", "bus", "gpu")
    expected = [getattr(wanted, name) for lane in lanes for name in (lane, f"{lane}_idle")]
    np.testing.assert_allclose(1000 * np.array(cells), expected, atol=1e-9)
    caption = viewer.page.inner_text(".sums caption")
    assert ("together 0 µs" in caption) is not pinned


def test_each_entry_has_its_sentence(show: Any) -> None:
    viewer = show()
    said = [seen.sentence for _, seen in viewer.walk()]
    log = trained().log
    assert len(said) == len(log)
    assert said[0] == (
        "1: upload of 1.05 MB (asarray) from plain memory, so the host copies for 105 µs first."
        " The bus carries it from 110 µs to 162 µs."
    )
    assert said[1] == "2: an event is recorded in the default stream."
    assert said[3] == (
        "4: launch of matmul. The GPU begins at 162 µs, 47.4 µs after it was ordered, and takes"
        " 13.4 µs for 268 MFLOP. The GPU was idle for 162 µs before."
    )
    assert re.match(r"8: the host waits for the stream \(get\), from .* to .*: .* µs\.$", said[7])
    kinds = ["upload", "launch", "download"]
    assert all(any(f": {kind} of" in text for text in said) for kind in kinds)


def test_a_wait_for_what_is_done_says_so(show: Any) -> None:
    with gpu.simulated(costs=Costs()), gpu.counting() as seen:
        cp.ones(3)
        cp.cuda.Device().synchronize()
        cp.cuda.Device().synchronize()
    viewer = show(seen)
    assert "so nothing is waited for" in viewer.press("End").read().sentence


def test_keys_move_and_look_closer(show: Any) -> None:
    viewer = show()
    whole = in_view(viewer)
    viewer.press("+", "+")
    closer = in_view(viewer)
    assert closer[1] - closer[0] == pytest.approx((whole[1] - whole[0]) / 4)
    viewer.press("PageDown")
    later = in_view(viewer)
    assert later[0] - closer[0] == pytest.approx((closer[1] - closer[0]) / 2)
    viewer.press("PageUp", "-", "-")
    assert in_view(viewer) == pytest.approx(whole)
    for _ in range(40):
        viewer.press("+")
    near = in_view(viewer)
    assert 0 < near[1] - near[0] < whole[1] / 10_000
    viewer.press("End")
    there = in_view(viewer)
    assert there[0] > whole[1] / 2, "the entry that is told comes into sight"
    viewer.press("0")
    assert in_view(viewer) == whole
    assert viewer.page.inner_text(".seen").startswith("all of ")


def test_looking_closer_keeps_the_entry_that_is_told(show: Any) -> None:
    viewer = show()
    viewer.press(*["ArrowRight"] * 12, *["+"] * 6)
    marked = viewer.page.evaluate(
        "[...document.querySelectorAll('.lane .bar.on')].map((node) => node.dataset.entry)"
    )
    assert "12" in marked


def test_mouse_drags_wheels_and_picks(show: Any) -> None:
    viewer = show()
    viewer.page.click("#closer")
    viewer.page.click("#closer")
    box = viewer.page.locator(".field-of-time").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + 50
    before = in_view(viewer)
    viewer.page.mouse.move(x, y)
    viewer.page.mouse.down()
    viewer.page.mouse.move(x - 200, y, steps=4)
    viewer.page.mouse.up()
    after = in_view(viewer)
    assert after[0] - before[0] == pytest.approx(
        200 / box["width"] * (before[1] - before[0]), rel=0.01
    )
    assert viewer.read().step == 0, "a drag picks nothing"
    viewer.page.keyboard.down("Control")
    viewer.page.mouse.wheel(0, -200)
    viewer.page.keyboard.up("Control")
    viewer.page.wait_for_function(
        "(was) => view.to - view.from < was", arg=(after[1] - after[0]) * 0.6
    )
    viewer.page.click("#all")
    viewer.page.click("#later")
    assert in_view(viewer)[0] == 0, "there is nothing later than all"
    viewer.page.locator(".lane.gpu .bar.launch").nth(4).click()
    seen = viewer.read()
    assert seen.sentence.startswith(f"{seen.step + 1}: launch of matmul.") and seen.step > 3


def test_a_finger_picks_and_the_page_still_scrolls(show: Any) -> None:
    viewer = show(size=(390, 900), has_touch=True)
    viewer.page.locator(".lane.bus .bar.upload").nth(2).tap()
    assert ": upload of" in viewer.read().sentence and viewer.read().step > 10
    style = "getComputedStyle(field).touchAction"
    assert viewer.page.evaluate(style) == "pan-y"


def test_waits_and_gaps_are_marked(show: Any) -> None:
    viewer = show()
    count = "(kind) => document.querySelectorAll(`.lane .bar.${kind}`).length"
    found = {k: viewer.page.evaluate(count, k) for k in ("wait", "gap", "copy", "upload", "launch")}
    assert found["wait"] == found["copy"] == found["upload"] == 4
    assert found["gap"] >= 8 and found["launch"] >= 4
    texts = viewer.page.locator(".lane.gpu .bar.gap").all_inner_texts()
    assert "idle 162 µs" in texts, "the first, until the batch is there"


SLIDERS = {"launch": 10, "bus": 10, "memory": 0.1, "speed": 0.1}


@pytest.mark.parametrize("key", SLIDERS)
def test_a_slider_computes_the_schedule_anew(show: Any, key: str) -> None:
    seen = trained()
    viewer = show(seen)
    factor = SLIDERS[key]
    before = total(viewer)
    viewer.page.focus(f"#set-{key}")
    viewer.press("End" if factor > 1 else "Home")
    assert viewer.read().step == 0, "the keys belong to the slider"
    costs = dataclasses.replace(Costs(), **{key: getattr(Costs(), key) * factor})
    wanted = gpu.times(seen, costs)
    assert total(viewer) == pytest.approx(wanted.total) != before
    assert viewer.read().sentence.startswith("Now ")
    assert f"({viewer.page.evaluate('time(before)')} before)" in viewer.page.inner_text(
        ".sums caption"
    )
    valued = viewer.page.get_attribute(f"#set-{key}", "aria-valuetext")
    assert valued == viewer.page.inner_text(f"label:has(#set-{key}) output")
    viewer.page.click("#reset")
    assert total(viewer) == pytest.approx(before)


def test_where_all_kernels_take_the_same_the_slider_is_for_that(show: Any) -> None:
    with gpu.simulated(kernel_ms=20), gpu.counting() as seen:
        cp.ones(3)
    viewer = show(seen)
    ids = viewer.page.evaluate("[...document.querySelectorAll('.panel input')].map((i) => i.id)")
    assert ids == ["set-launch", "set-bus", "set-kernel"]
    viewer.page.focus("#set-kernel")
    viewer.press("End")
    assert total(viewer) == pytest.approx(200, rel=1e-3)


def test_the_table_has_the_same_facts(show: Any) -> None:
    seen = trained()
    viewer = show(seen)
    viewer.page.click("summary")
    viewer.page.wait_for_selector(".facts tbody tr")  # it is filled once it has been opened
    rows = viewer.page.evaluate(
        "[...factBox.querySelectorAll('tbody tr')]"
        ".map((row) => [...row.cells].map((cell) => cell.textContent))"
    )
    assert [row[:3] for row in rows] == [
        [str(n + 1), entry.kind, entry.name] for n, entry in enumerate(seen.log)
    ]
    assert rows[0][3:] == ["105 µs", "110 µs", "52.4 µs", "1.05 MB"]
    viewer.page.focus("#set-bus")
    viewer.press("End")
    again = viewer.page.inner_text(".facts tbody tr:first-child td:nth-of-type(5)")
    assert again == "5.24 µs", "the table follows the sliders"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(show: Any, theme: str) -> None:
    viewer = show(theme=theme)
    viewer.page.click("summary")
    viewer.press("ArrowRight", "+")
    viewer.hears()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_bar_that_is_told_can_be_read(show: Any, theme: str) -> None:
    for pinned in (False, True):
        viewer = show(trained(pinned), theme)
        viewer.press(*["+"] * 3)
        for _ in viewer.walk():
            looks = [look for look in viewer.looks() if "bar" in look["what"]]
            assert [look for look in looks if look["contrast"] < 4.5 or look["size"] < 14] == []


def test_all_controls_are_reached_by_tab(show: Any) -> None:
    viewer = show()
    reached = []
    for _ in range(16):
        viewer.press("Tab")
        reached.append(
            viewer.page.evaluate("document.activeElement.id || document.activeElement.tagName")
        )
    assert reached[:4] == ["previous", "play", "next", "slider"]
    assert reached[4:] == [
        *("earlier", "later", "closer", "farther", "all"),
        *("set-launch", "set-bus", "set-memory", "set-speed", "reset", "SUMMARY"),
        reached[-1],
    ]


def test_without_scripts_a_sentence_says_it(view: Any) -> None:
    viewer = view(demo.timeline(trained()), java_script_enabled=False)
    text = viewer.page.inner_text("noscript")
    assert text.startswith("Timeline: 32 entries") and "There are 4 waits" in text


def test_its_own_scripts_are_small() -> None:
    own = sum(len(read_asset(f"js/{name}.js").encode()) for name in SCRIPTS)
    assert own < 60_000
    assert len(demo.timeline(trained()).page()) < 100_000


def test_what_cannot_be_drawn_says_why() -> None:
    with pytest.raises(ValueError, match=r"this is a real device.*gpu.simulated\(\)"):
        demo.timeline(gpu.Uncounted())
    with pytest.raises(ValueError, match="the log is empty"):
        demo.timeline(gpu.Counts())


def test_a_long_log_is_drawn_from_its_beginning(view: Any) -> None:
    seen = gpu.Counts()
    for _ in range(6000):
        seen.note(Entry("launch", "add", bytes=1000))
    shown = demo.timeline(seen)
    assert "6,000 entries, of which the first 5,000 are drawn" in shown.summary
    viewer = view(shown)
    assert viewer.read().steps == 5000
    assert viewer.page.evaluate("document.querySelectorAll('.lane .bar').length") < 2500
    viewer.page.click("summary")
    assert viewer.page.inner_text(".facts caption") == "The first 1000 of 5000"
