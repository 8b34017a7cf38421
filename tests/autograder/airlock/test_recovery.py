"""One bad call, cell or answer costs one check. In both kinds of airlock."""

import pytest
from airlock_book import LIMITS, Notebook

from autograder.airlock import Airlock, SandboxError

GOOD = "def f(x): return x + 1"
HIJACK = """
import gc, os
def channel():
    found = [o for o in gc.get_objects() if type(o).__name__ == "Channel"]
    return min(found, key=lambda c: c.fileno()), max(found, key=lambda c: c.fileno())
"""


def still_right(book: Notebook) -> None:
    """The cells that had run are there again, and the given ones too."""
    verdict = book.check("assert f(1) == 2 and given(1) == 2")
    assert verdict.status == "pass", verdict.message


def test_a_call_that_hangs_costs_one_check(book: Notebook) -> None:
    book.cell(GOOD + "\ndef hang():\n    while True: pass")
    verdict = book.check("hang()")
    assert verdict.status == "timeout"
    assert verdict.message == "hang gave no answer within 0.6 s and was stopped"
    still_right(book)


def test_what_has_hung_is_not_waited_for_so_long_again(book: Notebook) -> None:
    book.cell(GOOD + "\ndef hang(x, n=1):\n    while n: pass\n    return x")
    late, again = (
        "hang gave no answer within {} s and was stopped",
        "hang was not called: such a call",
    )
    for source, says in {
        "hang(np.zeros((2, 3)))": late.format(0.6),
        "hang(np.ones((2, 3)))": again,
        "hang(np.ones((2, 4)))": late.format(0.15),
        "hang([1, {'a': 2}])": late.format(0.15),
        "hang([1, {'a': 2}], n=1)": late.format(0.15),
        "hang([1, {'a': 2}]) ": again,
    }.items():
        verdict = book.check(source)
        assert verdict.status == "timeout" and verdict.message.startswith(says), verdict.message
    assert book.check("assert hang(3, n=0) == 3").status == "pass"
    still_right(book)


def test_a_check_that_takes_long_as_a_whole_is_no_call_that_hung(book: Notebook) -> None:
    book.cell("import time\ndef slow():\n    time.sleep(0.4)\n    return 1")
    assert book.check("for _ in range(9): slow()").status == "timeout"
    assert book.check("assert slow() == 1").status == "pass"


def test_hanging_cannot_be_caught_by_a_check(book: Notebook) -> None:
    book.cell("def hang():\n    while True: pass")
    assert book.check("try: hang()\nexcept Exception: pass").status == "timeout"
    assert book.check("try: hang()\nexcept BaseException: pass\nfloat(2)").status == "timeout"


def test_many_slow_calls_meet_the_limit_of_the_check(book: Notebook) -> None:
    book.cell(GOOD + "\nimport time\ndef slow(): time.sleep(0.5)")
    verdict = book.check("for _ in range(9): slow()")
    assert verdict.status == "timeout" and "the check took more than 1.5 s" in verdict.message
    still_right(book)


@pytest.mark.parametrize("how", ["os._exit(3)", "os.kill(os.getpid(), 11)"])
def test_a_call_that_ends_the_process_costs_one_check(book: Notebook, how: str) -> None:
    book.cell(GOOD + f"\nimport os, ctypes\ndef end(): {how}; ctypes.string_at(0)")
    verdict = book.check("end()")
    assert verdict.status == "error" and verdict.message.startswith("end ended the notebook's pro")
    assert "exit code 3" in verdict.message or "segmentation" in verdict.message
    still_right(book)


def test_system_exit_is_only_an_error(book: Notebook) -> None:
    book.cell(GOOD + "\nimport sys\ndef end(): sys.exit(0)")
    assert book.check("end()").message.startswith("SystemExit: 0 (in end")
    still_right(book)


def test_a_cell_that_hangs_is_not_run_again(book: Notebook) -> None:
    book.cell(GOOD)
    outputs = book.cell("def f(x): return None\nwhile True: pass")
    assert outputs[0]["ename"] == "CellStopped" and "limit met: 1.5 s" in outputs[0]["evalue"]
    still_right(book)
    assert [text for _, text in book.session._ran] == [GOOD]


def test_a_cell_that_ends_the_process_is_not_run_again(book: Notebook) -> None:
    book.cell(GOOD)
    assert "exit code 7" in book.cell("import os; os._exit(7)")[0]["evalue"]
    still_right(book)


def test_a_cell_that_hangs_only_the_second_time_is_left_out(bare: Airlock, tmp_path) -> None:
    mark = tmp_path / "mark"
    with bare.session(seed=1, student_names={"f"}) as session:
        session.run_student(GOOD)
        session.run_student(
            f"import os, pathlib\nmark = pathlib.Path({str(mark)!r})\n"
            "while mark.exists(): pass\nmark.touch()"
        )
        session.run_student("def end(): os._exit(1)")
        assert session.run_check("c", "end()", 1).status == "error"
        assert session.run_check("c", "assert f(1) == 2", 1).status == "pass"


def test_a_check_driven_round_and_round_is_stopped(book: Notebook) -> None:
    book.cell(GOOD + "\ndef many(): return 10**18")
    verdict = book.check("for _ in range(many()): pass")
    assert verdict.status == "timeout" and verdict.message == "the check was stopped after 1.5 s"
    still_right(book)


def test_a_checker_out_of_memory_goes_on(jailed: Notebook) -> None:
    jailed.cell(GOOD + "\ndef many(): return 10**12")
    verdict = jailed.check("np.zeros(many())")
    assert verdict.status == "fail" and "MemoryError" in verdict.message
    still_right(jailed)


def test_a_checker_that_ends_is_started_again(book: Notebook) -> None:
    book.cell(GOOD)
    verdict = book.check("import os; os._exit(9)")
    assert verdict.status == "error" and "exit code 9" in verdict.message
    still_right(book)


@pytest.mark.parametrize(
    "what",
    ["os.write(channel()[1].fileno(), b'garbage' * 10); return 1",
     "channel()[1].close(); return 1",
     "os.write(channel()[1].fileno(), b'ALK2' + b'\\xff' * 8); return 1",
     "channel()[1].send(['raised', [], 'x', []]); return 1",
     "channel()[1].send(['callback', 5, [], {}]); return 1",
     "channel()[1].send('pass'); return 1",
     "channel()[1].send([['value']]); return 1"],
)  # fmt: skip
def test_promise_05_a_bad_reply_costs_that_check_only(book: Notebook, what: str) -> None:
    book.cell(HIJACK + GOOD + f"\ndef bad():\n    {what}")
    verdict = book.check("assert bad() == 1\nbad()")
    assert verdict.status == "error" and verdict.score == 0
    still_right(book)


def test_promise_05_a_forged_cell_answer_harms_only_itself(book: Notebook) -> None:
    book.cell(GOOD)
    outputs = book.cell(HIJACK + "channel()[0].send([99, [{'output_type': 'stream'}]])")
    assert outputs[0]["ename"] == "CellStopped"
    assert book.printed("print(7)") == "7"
    still_right(book)


def test_the_whole_session_has_a_limit() -> None:
    import dataclasses

    limits = dataclasses.replace(LIMITS, session_seconds=1.2)
    with Airlock("none", limits) as airlock, airlock.session(seed=1) as session:
        session.run_student("import time; time.sleep(1.3)")
        verdict = session.run_check("c", "1", 1)
        assert verdict.status == "timeout" and "1.2 s for the whole notebook" in verdict.message
        assert "whole notebook" in session.run_student("1")[0]["evalue"]


def test_a_broken_prelude_is_nobodys_zero(bare: Airlock) -> None:
    for given in ("1 / 0", "this is no python", "import os; os._exit(1)"):
        with bare.session(seed=1, prelude=[given]) as session, pytest.raises(SandboxError):
            session.run_check("c", "1", 1)
    with bare.session(seed=1, setup="nothing") as session, pytest.raises(SandboxError):
        session.run_check("c", "1", 1)


def test_a_cell_is_not_waited_for_so_long_where_its_function_has_hung(book: Notebook) -> None:
    book.cell("import time\ndef f(x):\n    while x: pass\n    return 1")
    assert book.printed("f(2)") == "the cell was stopped: limit met: 1.5 s for a cell"
    said = "the cell was stopped: limit met: 0.125 s for a cell that calls what has hung"
    assert book.printed("print('so far')\nf(3)").endswith(said)
    assert book.printed("print(f(0))") == "1"
    assert book.printed("time.sleep(0.4); print('slow')") == "slow"  # it names no such function
    late = book.check("f(1)").message
    assert late == "f gave no answer within 0.15 s and was stopped"
