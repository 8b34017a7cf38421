"""A guess in a kernel: what is shown before it, after it, and when it is asked again."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from convbook import guess, kernel, widgets
from convbook.guess import asked, kept, live
from convbook.guess.kept import Guess

NAME, ANSWER = "01/weights", "by heart"


class Page:
    """Stands for the notebook: what was displayed, in order, and what replaced it."""

    def __init__(self) -> None:
        self.shown: list[dict[str, str]] = []
        self.lives: list[widgets.Live] = []

    def display(self, data: Any, **_: Any) -> None:
        self.shown.append(data)

    @property
    def text(self) -> str:
        return "".join(str(bundle) for bundle in self.shown)


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    """A kernel of lesson 03, without a front end."""
    page = Page()
    (tmp_path / "03_backprop").mkdir()
    monkeypatch.chdir(tmp_path / "03_backprop")
    monkeypatch.setattr(kernel, "shell", lambda: object())
    for name in ("display", "update_display"):
        monkeypatch.setattr(f"IPython.display.{name}", page.display)
    monkeypatch.setattr(widgets.Live, "show", lambda self: page.lives.append(self))
    return page


def test_nothing_is_told_before_a_guess_and_everything_after_it(page: Page, tmp_path: Path) -> None:
    guess.ask(NAME)
    (form,) = page.lives
    before = f"{page.text}{form.state}{form.still}"
    assert "3072" not in before and "120,000" not in before and ANSWER not in before
    form.tell(**form.heard({"typed": ["3072", "1000"], "sure": 2}))
    assert "1 of 2 as you guessed. You were certain." in form.state["result"]
    assert "120 times too low" in form.state["result"] and form.still in form.state["result"]
    assert ANSWER in page.shown[-1]["text/markdown"]
    assert kept.all_of(tmp_path) == {NAME: Guess(["3072", "1000"], False, 2)}


@pytest.mark.parametrize(
    "message",
    [None, [], "3072", {}, {"typed": None}, {"typed": ["1"]}, {"typed": ["1", "2", "3"]},
     {"typed": ["1", "lots"]}, {"typed": [[], {}]}],
)  # fmt: skip
def test_what_cannot_be_understood_is_said_and_not_kept(
    page: Page, tmp_path: Path, message: Any
) -> None:
    guess.ask(NAME)
    told = page.lives[0].heard(message)
    assert list(told) == ["refused"] and told["refused"]["1"].endswith("0.25 or 5*5*3.")
    assert kept.all_of(tmp_path) == {} and ANSWER not in page.text


def test_the_first_guess_stays(page: Page, tmp_path: Path) -> None:
    guess.ask(NAME)
    form = page.lives[0]
    form.tell(**form.heard({"typed": ["1", "2"], "sure": "very"}))
    assert form.heard({"typed": ["3072", "120000"]}) == {}
    assert kept.all_of(tmp_path)[NAME] == Guess(["1", "2"], False, None)
    guess.ask(NAME)
    assert len(page.lives) == 1 and ANSWER in page.text  # shown at once, without fields


def test_a_guess_that_no_longer_fits_is_asked_anew(page: Page, tmp_path: Path) -> None:
    kept.keep(tmp_path, NAME, Guess(["a whale", "2"], False))
    guess.ask(NAME)
    kept.keep(tmp_path, NAME, Guess(["1"], False))
    guess.ask(NAME)
    assert len(page.lives) == 2


def test_what_was_wrong_is_asked_again_until_it_is_right(page: Page, tmp_path: Path) -> None:
    kept.keep(tmp_path, NAME, Guess(["1", "2"], False, 2))
    kept.keep(tmp_path, "01/puzzle", Guess([1], True, 2))
    guess.again("03")
    (form,) = page.lives
    assert "Again, from lesson 01, *2. Look at everything at once*." in page.text
    assert "How many weights" in page.text and ANSWER not in page.text
    form.tell(**form.heard({"typed": ["3072", "120000"]}))
    assert kept.all_of(tmp_path)[NAME] == Guess(["1", "2"], False, 2, again=True)
    page.shown.clear()
    guess.again("03")
    assert len(page.lives) == 1 and page.shown == []


def test_without_widgets_the_answer_is_folded(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "find_spec", lambda _: None)
    guess.ask(NAME)
    (shown,) = page.shown
    assert shown["text/markdown"].startswith("<details><summary>Answer</summary>\n\n")
    assert ANSWER in shown["text/markdown"] and page.lives == []


def test_who_cannot_guess_may_ask_for_the_answer(page: Page) -> None:
    guess.answer(NAME)
    assert "3,072" in page.text and ANSWER in page.text


def test_an_unknown_name_is_said(page: Page, capsys: pytest.CaptureFixture) -> None:
    guess.ask("01/nothing")
    assert capsys.readouterr().out.startswith("The course has no prediction '01/nothing'.")


def test_where_there_is_no_kernel_nothing_happens(capsys: pytest.CaptureFixture) -> None:
    guess.ask(NAME)
    guess.again("03")
    guess.answer("no such")
    assert capsys.readouterr().out == ""


def test_what_is_asked_lies_sealed() -> None:
    question = asked.question(NAME)
    assert question is not None and ANSWER in question.answer
    assert asked.question("01/nothing") is None
    for file in asked.FOLDER.glob("*.json"):
        text = file.read_text(encoding="utf-8")
        assert "weights" not in text and "number |" not in text
    assert asked.written({NAME: question}) == asked.written({NAME: question})
