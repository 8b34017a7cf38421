"""What a student is told of a failed check, and what of it only the instructor sees."""

import re
from pathlib import Path

import pytest
from airlock_book import Notebook

from autograder.airlock import Airlock, Verdict
from autograder.airlock.told import at_line

CHECK = """
from convbook import check
check.same(f(1), 2, "shown")
### BEGIN HIDDEN TESTS
check.same(f(41), 42, "hidden")
### END HIDDEN TESTS
"""


def graded(book: Notebook, *cells: str, check: str = CHECK, after: str = "") -> Verdict:
    """Run cells, the shown part of a check, another cell, and then all of the check."""
    for cell in cells:
        book.cell(cell)
    book.session.show_check("check", check)
    book.cell(after)
    return book.check(check)


def test_a_hidden_call_is_told_by_class_and_line_and_the_instructor_sees_all(
    book: Notebook,
) -> None:
    cell = (
        "class Odd(KeyError): pass\ndef f(x):\n    if x > 1: raise Odd(f'x is {x}')\n    return 2"
    )
    verdict = graded(book, cell)
    assert verdict.status == "error"
    assert verdict.told == (
        "KeyError in a hidden call of f."
        " Its text is not shown; other sizes than the shown ones may bring it about.\n"
        "  At line 3 of its cell: if x > 1: raise Odd(f'x is {x}')"
    )
    assert "Odd: 'x is 41'" in verdict.message
    assert "Odd: 'x is 41'" in verdict.outputs[-1]["evalue"]


def test_the_shown_part_is_told_whole(book: Notebook) -> None:
    verdict = graded(book, "def f(x): raise KeyError(f'x is {x}')")
    assert "KeyError: 'x is 1' (in f, line 1: def f(x):" in verdict.told


def test_a_shown_part_that_fails_only_after_hidden_calls_is_told_as_they_are(
    book: Notebook,
) -> None:
    book.cell("kept = []\ndef f(x):\n    kept.append(x)\n    return 2 if x == 1 else x + 1")
    book.cell("def g(x): raise KeyError(str(kept))")
    second = CHECK.replace("f(1)", "g(1)")
    book.session.show_check("check", CHECK)
    assert book.check(CHECK).status == "pass"
    verdict = book.check(second, name="second")  # as where its process had to begin anew
    assert "41" in verdict.message and "41" not in verdict.told


def test_what_was_shown_before_is_told_still(book: Notebook) -> None:
    """Though a hidden call has ended the process, and the check has to begin anew."""
    book.cell("import os\ndef f(x): return 2 if x == 1 else os._exit(3)")
    book.cell("def g(x): raise KeyError(f'x is {x}')")
    second = CHECK.replace("f(1)", "g(1)")
    book.session.show_check("check", CHECK)
    book.session.show_check("second", second)
    ended = book.check(CHECK)
    assert "exit code 3" in ended.message
    assert (
        ended.told == "f ended the notebook's process instead of giving an answer (it ended itself)"
    )
    assert "x is 1" in book.check(second, name="second").told


def test_hidden_parts_meet_the_names_that_stood_at_their_check(book: Notebook) -> None:
    cells = "step = 1", "def helper(x): return x + step", "def f(x): return helper(x)"
    later = "step = 5\ndef helper(x): return None\ndef f(x): return None\nnew = 1"
    assert graded(book, *cells, after=later).status == "pass"
    assert book.check("f(1)").message == ""
    assert "new is not defined" in book.check("new").message


def test_names_are_there_again_after_a_process_was_lost(book: Notebook) -> None:
    book.cell("step = 1\ndef f(x): return x + step")
    book.session.show_check("check", CHECK)
    book.cell("step = 5")
    hang = "def h(x):\n    while x > 1: pass\n    return 2"
    book.cell(hang)
    second = CHECK.replace("f(", "h(")
    book.session.show_check("second", second)
    book.cell("def h(x): return None")
    assert book.check(second, name="second").status == "timeout"
    assert book.check(CHECK).status == "pass"


def test_the_hidden_part_goes_on_where_the_shown_part_ended(book: Notebook) -> None:
    check = (
        "from convbook import check\nseen = []\ndef add(x):\n    seen.append(x)\n    return x\n"
        "held = f(add)\n### BEGIN HIDDEN TESTS\nassert seen == [1]\nassert held(2) == 2\n"
        "assert seen == [1, 2]\n### END HIDDEN TESTS\nfloat(1)\n"
    )
    verdict = graded(book, "def f(add):\n    add(1)\n    return lambda x: add(x)", check=check)
    assert (verdict.status, verdict.score) == ("partial", 1.0), verdict.message


def test_a_shown_part_that_hangs_is_run_once(bare: Airlock, tmp_path: Path) -> None:
    calls = tmp_path / "calls"
    hang = f"def f(x):\n    open({str(calls)!r}, 'a').write('call ')\n    while True: pass"
    with bare.session(seed=1, student_names={"f"}) as session:
        verdict = graded(Notebook(session), hang)
    assert verdict.told == "f gave no answer within 0.6 s and was stopped"
    assert calls.read_text() == "call "


def test_the_hidden_part_draws_numbers_that_the_shown_part_has_not_seen(book: Notebook) -> None:
    check = "f(np.random.random())\n### BEGIN HIDDEN TESTS\nassert f(np.random.random()) == 1\n"
    cell = "kept = set()\ndef f(x):\n    kept.add(x)\n    return len(kept)"
    assert graded(book, cell, check=f"{check}### END HIDDEN TESTS").status == "fail"


def test_a_limit_of_a_hidden_answer_is_told(book: Notebook) -> None:
    verdict = graded(book, "def f(x): return 2 if x == 1 else [0] * 300_000")
    assert "262144 items" in verdict.told
    verdict = graded(book, "def f(x):\n    if x > 1: raise MemoryError\n    return 2")
    assert "perhaps limit met: 4096 MiB of memory" in verdict.told


def test_the_class_of_an_object_is_not_told(book: Notebook) -> None:
    cell = "def f(x): return 2 if x == 1 else type('said_' + str(x), (), {})()"
    check = CHECK.replace("check.same(f(41), 42", "check.same(f(41) + 1, 42")
    verdict = graded(book, cell, check=check)
    assert "said_41" in verdict.message
    assert verdict.told.startswith("an object came back where plain data is needed")


def test_a_cell_that_is_not_run_again_has_left_nothing(airlock: Airlock) -> None:
    with airlock.session(seed=1, student_names={"f"}) as session:
        book = Notebook(session)
        session.run_student("def f(x): return x + 1")
        session.run_student("def f(x): return None", again=False)
        session.close()
        assert book.check(CHECK).status == "pass"


SPELLERS = {
    "class of a hidden answer": "return type('said_' + str(x), (), {})()",
    "text": "return 'said_' + str(x)",
    "dict": "return {'said_' + str(x): 1}",
    "class of an exception": "raise type('said_' + str(x), (OSError,), {})",
    "what is missing": "return missing['said_' + str(x)]",
    "function": "exec('def said_' + str(x) + '(): raise ValueError\\nsaid_' + str(x) + '()')",
    "many digits": "return 1234567.0",
    "whole number": "return 1234567",
    "limit": "raise OSError(24, 'said_' + str(x))",
}


@pytest.mark.parametrize("speller", SPELLERS)
def test_no_word_and_no_long_number_comes_from_a_hidden_call(book: Notebook, speller: str) -> None:
    verdict = graded(book, f"def f(x):\n    if x == 1: return 2\n    {SPELLERS[speller]}")
    assert verdict.score == 0
    told = verdict.told.partition("\n  At line")[0]
    assert "said" not in told and not re.search(r"\d{4,}", told), told


def test_only_a_line_of_a_cell_is_told() -> None:
    cells = ["a = 1\n  b  =  2\n", "c"]
    assert at_line([2, "b = 2"], cells) == "\n  At line 2 of its cell: b = 2"
    assert at_line([1, "c"], cells) == "\n  At line 1 of its cell: c"
    for place in ([1, "b = 2"], [2, "c"], [0, "c"], [-1, "c"], [10**30, "c"], ["1", "c"], None):
        assert at_line(place, cells) == ""
