"""What a check leaves below its cell, in a real kernel, as JupyterLab and as nbconvert ask it."""

from collections.abc import Iterator
from typing import Any

import nbformat
import pytest
from cells import named
from jupyter_client.manager import start_new_kernel
from nbconvert import HTMLExporter
from nbgrader.utils import determine_grade
from nbgrader.validator import Validator

from autograder.course import lessons
from convbook.boxes.box import Box
from convbook.check import results

LESSON = "02_convolution"
SAID = "Not yet: the impulse: 4 of 4 values differ."
HINT = "out[0, 0] is the window at the top left"
TURNED = """def correlate2d(x, w):
    windows = np.lib.stride_tricks.sliding_window_view(x, w.shape)
    return np.sum(windows * w[::-1, ::-1], axis=(2, 3))"""
RIGHT = TURNED.replace("[::-1, ::-1]", "")
UNWRITTEN = "def correlate2d(x, w):\n    raise NotImplementedError"
LOST = "def correlate2d(x, w):\n    return x[7, 7]"

pytestmark = pytest.mark.slow


class Kernel:
    """A kernel of the lesson, which gets cells with what a front end sends along."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def run(self, source: str, **metadata: str) -> list[Any]:
        """Run a cell and return its outputs."""
        content = {"code": source, "silent": False, "store_history": True}
        message = self.client.session.msg("execute_request", content, metadata=metadata)
        self.client.shell_channel.send(message)
        outputs: list[Any] = []
        while True:
            got = self.client.get_iopub_msg(timeout=60)
            if got["parent_header"].get("msg_id") != message["header"]["msg_id"]:
                continue
            if got["msg_type"] == "status" and got["content"]["execution_state"] == "idle":
                return outputs
            if got["msg_type"] in ("stream", "display_data", "execute_result", "error"):
                output = nbformat.v4.output_from_msg(got)
                before = outputs[-1] if outputs else {}
                if output.get("name") and output.get("name") == before.get("name"):
                    before.text += output.text  # a stream comes in pieces; front ends join them
                else:
                    outputs.append(output)

    def check(self, answer: str, *, shown: bool = True) -> list[Any]:
        """Give an answer, run its check, and return the outputs of the check."""
        self.run(answer)
        return self.run(source("check-correlate2d"), **({"cellId": "one"} if shown else {}))


def source(name: str) -> str:
    return named(lessons()[LESSON].released, name).source


@pytest.fixture(scope="module")
def kernel() -> Iterator[Kernel]:
    manager, client = start_new_kernel(kernel_name="python3")
    kernel = Kernel(client)
    kernel.run(source("given-setup"))
    yield kernel
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def graded(outputs: list[Any]) -> float:
    cell = nbformat.from_dict(named(lessons()[LESSON].released, "check-correlate2d"))
    cell.outputs = outputs
    return determine_grade(cell)[0]


def test_a_check_that_passes_says_its_points_and_what_is_hidden(kernel: Kernel) -> None:
    printed, box = kernel.check(RIGHT)
    assert printed.name == "stdout" and "4 values of shape (2, 2) as expected" in printed.text
    assert box.data["text/plain"].splitlines() == [
        "Passed: 3 points.",
        "Grading also tries what is hidden: random pictures.",
    ]
    assert "<b>Passed: 3 points.</b>" in box.data["text/html"]
    assert graded([printed, box]) == 3


def test_a_box_says_what_differs_and_the_error_stays_for_grading(kernel: Kernel) -> None:
    kernel.check(RIGHT)
    box, error = kernel.check(TURNED)
    for kind in ("text/plain", "text/html"):
        assert SAID in box.data[kind] and HINT in box.data[kind]
        assert "First at [0, 0]: yours 1, expected 4." in box.data[kind]
    assert (error.ename, error.traceback) == ("NotYet", ["Not yet: 0 of 3 points."])
    assert graded([box, error]) == 0


def test_each_failure_brings_one_hint_more(kernel: Kernel) -> None:
    kernel.check(RIGHT)
    pages = [kernel.check(TURNED)[0].data["text/html"] for _ in range(3)]
    assert [page.count(">Hint ") for page in pages] == [1, 2, 3]
    assert [page.count("<details") - page.count(" open>") for page in pages] == [2, 2, 3]
    assert "filter flipped" not in pages[0] and "filter flipped" in pages[1]
    assert "np.sum" not in pages[1].partition("Hint 1")[2]
    assert "In correlate2d, line 3: return np.sum(windows * w[::-1, ::-1]" in pages[2]


def test_the_answer_is_drawn_where_it_goes_wrong(kernel: Kernel) -> None:
    kernel.check(RIGHT)
    page = kernel.check(TURNED)[0].data["text/html"]
    assert "Look: the first wrong number of out is 1, and should be 4." in page
    assert page.count("<iframe") == 1 and 'title="Where out of correlate2d goes wrong' in page
    (seen,) = kernel.run("hasattr(correlate2d, '__wrapped__')")
    assert seen.data["text/plain"] == "False"  # what noted the calls is gone again


def test_without_a_front_end_everything_stands_in_the_error(kernel: Kernel) -> None:
    kernel.check(RIGHT)
    (error,) = kernel.check(TURNED, shown=False)
    first, *rest = error.traceback
    assert first == SAID and any(HINT in line for line in rest)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ("globals().pop('correlate2d', None)", "Not there yet: correlate2d\nRun the cells above"),
        (source("correlate2d"), "Not written yet: correlate2d\nWrite it in its cell"),
    ],
    ids=["not run", "not written"],
)
def test_a_blank_or_missing_answer_says_what_to_do(kernel: Kernel, answer: str, says: str) -> None:
    box, error = kernel.check(answer)
    assert box.data["text/plain"].startswith(says)
    assert len(error.traceback) == 1 and graded([box, error]) == 0


def test_an_error_of_pythons_own_keeps_its_traceback_and_says_where_to_look(
    kernel: Kernel,
) -> None:
    error, box = kernel.check(LOST)
    said = "\n".join(error.traceback)
    assert "---->" in said and "out of bounds" in error.evalue
    assert "calls.py" not in said
    assert box.data["text/plain"].startswith("Not yet: IndexError\nThe arrow")


def test_a_check_that_cannot_run_here_is_not_called_wrong(kernel: Kernel) -> None:
    box, error = kernel.run(
        "# 2 points. Shown: it.\nraise check.NotRun('not run: no compiler')", cellId="one"
    )
    assert box.data["text/plain"] == "not run: no compiler"
    assert error.traceback == ["not run: no compiler"]


def test_a_plot_is_one_picture_with_its_title_as_words(kernel: Kernel) -> None:
    (plot,) = kernel.run("plt.plot([1, 2]); plt.title('A line & its title'); plt.show()")
    assert set(plot.data) == {"text/html", "text/plain"}
    assert 'alt="A line &amp; its title"' in plot.data["text/html"]


def test_other_cells_are_left_alone(kernel: Kernel) -> None:
    (printed,) = kernel.run("print(1)", cellId="one")
    assert printed.text == "1\n"
    (error,) = kernel.run("nowhere", cellId="one")
    assert "name 'nowhere' is not defined" in "\n".join(error.traceback)


def test_the_box_stands_in_an_exported_page(kernel: Kernel) -> None:
    cells = nbformat.from_dict(lessons()[LESSON].released)
    named(cells, "check-correlate2d").outputs = kernel.check(TURNED)
    page, _ = HTMLExporter().from_notebook_node(cells)
    assert "<b>Not yet: the impulse: 4 of 4 values differ.</b>" in page


def test_what_differs_is_text_in_a_page_and_no_markup() -> None:
    result = results.Result(results.AMBER, "<i>", "<script>", "<b>")
    box = Box(result, ("<script>",), 1)
    assert box.html().count("<script>") == 0 and "&lt;i&gt;" in box.html()


def test_validate_says_what_differs(kernel: Kernel) -> None:
    cells = nbformat.from_dict(lessons()[LESSON].released)
    cell = named(cells, "check-correlate2d")
    cell.outputs = kernel.check(TURNED, shown=False)
    assert SAID in Validator()._extract_error(cell)


def test_the_second_time_a_known_mistake_is_named(kernel: Kernel) -> None:
    kernel.check(RIGHT)
    first, second = kernel.check(TURNED), kernel.check(TURNED)
    assert "known mistake" not in str(first)
    assert "This looks like a known mistake: filter flipped" in second[0]["data"]["text/plain"]
    assert "Hint: This layer does not turn its filter." in second[0]["data"]["text/plain"]
    assert HINT not in second[0]["data"]["text/plain"]  # one hint, the mistake's
    kernel.check(RIGHT)
    assert "known mistake" not in str(kernel.check(TURNED))


@pytest.mark.parametrize(
    "unwritten",
    [
        UNWRITTEN,
        UNWRITTEN + '("later")',
        "def todo():\n    raise NotImplementedError\ndef correlate2d(x, w):\n    return todo()",
        "correlate2d = None\ndel correlate2d",
        "def correlate2d(x, w):\n    raise check.NotRun('not run: no compiler')",
    ],
)
def test_what_is_not_written_yet_is_no_wrong_answer(kernel: Kernel, unwritten: str) -> None:
    kernel.check(RIGHT)
    kernel.check(unwritten)
    assert "known mistake" not in str(kernel.check(TURNED))
    assert "known mistake" in str(kernel.check(TURNED))


def test_what_is_not_known_is_not_named_however_often(kernel: Kernel) -> None:
    kernel.check(RIGHT)
    for _ in range(3):
        assert "known mistake" not in str(kernel.check(LOST))
