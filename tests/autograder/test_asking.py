"""What is to be guessed leaves a lesson's text, and the answer; a cell asks in their place."""

import nbformat
import pytest
from nbformat import NotebookNode

from autograder import asking
from autograder.asking import AskingError
from convbook import notebook

PREDICTION = """## 3. A gate

**Predict before you run.** What is `dx`?

<!-- guess 03/relu
row | `dx` | 0, -20, 30
-->
"""
ANSWER = """
<details><summary>Answer</summary>

It is $[0, -20, 30]$.

</details>
"""
AFTER = "\n### Exercise 2"


def of(text: str) -> NotebookNode:
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(text, id="gate")])


def cut(text: str) -> list[tuple[str, str, str]]:
    cells = of(text)
    asking.cut(cells)
    nbformat.validate(cells)
    return [(cell.id, cell.cell_type, cell.source) for cell in cells.cells]


def test_comment_and_answer_become_a_cell_between_the_texts() -> None:
    before, ask, after = cut(PREDICTION + ANSWER + AFTER)
    assert before == ("gate", "markdown", PREDICTION[: PREDICTION.index("\n\n<!--")])
    assert ask[:2] == ("guess-03-relu", "code") and ask[2].endswith('\nguess.ask("03/relu")')
    assert after == ("gate-1", "markdown", "### Exercise 2")


def test_a_prediction_may_end_its_cell_and_have_no_answer() -> None:
    before, ask = cut(PREDICTION)
    assert before[2].endswith("What is `dx`?") and ask[1] == "code"


def test_two_predictions_in_a_cell_are_two_cells() -> None:
    second = PREDICTION.replace("## 3. A gate\n\n", "").replace("relu", "again")
    cells = cut(PREDICTION + ANSWER + "\n" + second + AFTER)
    assert [kind for _, kind, _ in cells] == ["markdown", "code", "markdown", "code", "markdown"]
    assert len({name for name, _, _ in cells}) == 5


def test_a_cell_that_asks_is_left_out_of_grading() -> None:
    cells = of(PREDICTION)
    asking.cut(cells)
    assert notebook.is_shown_only(cells.cells[1])
    read = notebook.parse(nbformat.writes(cells))
    assert list(notebook.run_by_grading(read.cells)) == []


def test_a_prediction_without_a_comment_stays_as_it_is() -> None:
    text = "**Predict before you run.** Why?\n" + ANSWER
    assert cut(text) == [("gate", "markdown", text)]


def test_what_is_asked_is_read_with_its_section() -> None:
    found = asking.questions(of(PREDICTION + ANSWER), "03_backprop")["03/relu"]
    assert (found.section, found.question) == ("3. A gate", "What is `dx`?")
    assert found.answer == "It is $[0, -20, 30]$." and found.lines == ("row | `dx` | 0, -20, 30",)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (PREDICTION.replace("03/relu", "04/relu"), "guess 04/relu: give it a name of its own, 03"),
        (PREDICTION + PREDICTION, "guess 03/relu: give it a name of its own, 03"),
        (PREDICTION.replace("**Predict before you run.**", ""), r"no '\*\*Predict before"),
        (PREDICTION.replace("row |", "sum |"), "guess 03/relu: 'sum | `dx` "),
        (PREDICTION.replace("row | `dx` | 0, -20, 30\n", ""), "nothing is to be guessed"),
        (PREDICTION.replace("03/relu", "relu"), "below '3. A gate' does not have the form"),
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_named(text: str, says: str) -> None:
    with pytest.raises(AskingError, match=says.replace("|", r"\|")):
        asking.questions(of(text), "03_backprop")
