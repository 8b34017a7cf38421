"""What a check may do, and how its end becomes a verdict. In both kinds of airlock."""

import builtins

import pytest
from airlock_book import LIMITS, Notebook

from autograder.airlock import Airlock
from autograder.airlock.errors import student_error
from autograder.airlock.inside.recorder import Recorder
from autograder.airlock.outputs import clean
from autograder.airlock.parts import grade


def text(outputs: list[dict]) -> str:
    return "\n".join(str(output) for output in outputs)


def test_a_right_function_gets_full_marks(book: Notebook) -> None:
    book.cell("import numpy as np\ndef f(x, w, scale=1):\n    return np.dot(x, w) * scale")
    verdict = book.check("out = f(np.eye(2), np.ones(2), scale=3)\nassert (out == 3).all()", 4)
    assert (verdict.status, verdict.score, verdict.message) == ("pass", 4, "")


def test_arguments_and_results_of_every_plain_kind(book: Notebook) -> None:
    book.cell("def f(*args, **kwargs):\n    return [args, kwargs]")
    verdict = book.check(
        "sent = (1, 2.5, None, 'a', [1, (2, 3)], {'k': np.arange(3)}, 1 << 80, 2j, np.float32(1))\n"
        "(args, kwargs) = f(*sent, key=slice(1, 2))\n"
        "assert repr(args) == repr(sent) and kwargs == {'key': slice(1, 2)}"
    )
    assert verdict.status == "pass", verdict.message


def test_an_opaque_cache_goes_back(book: Notebook) -> None:
    book.cell(
        "class Cache:\n    def __init__(self, x): self.x = x\n"
        "    def twice(self): return 2 * self.x\n"
        "def f(x): return x, Cache(x)\ndef g(cache): return cache.x"
    )
    verdict = book.check(
        "out, cache = f(3)\nassert g(cache) == 3 and cache.x == 3 and cache.twice() == 6\n"
        "cache.x = 5\nassert g(cache) == 5 and repr(cache) == str(cache)"
    )
    assert verdict.status == "pass", verdict.message


QUESTIONS = """c == c; c != 1; c < 1; 1 >= c; not c; c + 1; 1 - c; c @ c; -c; c**2; c & 1; abs(c)
float(c); int(c); complex(c); round(c); bytes(c); [0][c]; 1 in c; c in [1]; f'{c:3}'; sum([c])
sorted([c, c]); copy.deepcopy(c); pickle.dumps(c); np.asarray(c); np.ones(2) + c; np.add(c, 1)
np.isclose(c, 1)""".replace("\n", "; ").split("; ")


def test_an_opaque_thing_answers_no_question(bare: Airlock) -> None:
    yes = "__eq__ __ne__ __lt__ __le__ __add__ __bool__ __contains__ __radd__".split()
    cell = "class C:\n" + "".join(f"    def {name}(self, *a): return True\n" for name in yes)
    with bare.session(seed=1, prelude=["import copy, pickle\nimport numpy as np"]) as session:
        session.run_student(cell + "c = C()")
        for question in QUESTIONS:
            verdict = session.run_check("c", question, 1)
            told = ("TypeError", "plain data is needed", "cannot be copied")
            assert verdict.status == "fail" and any(t in verdict.message for t in told), question


def test_every_builtin_exception_can_come_back() -> None:
    for name, kind in vars(builtins).items():
        if isinstance(kind, type) and issubclass(kind, BaseException):
            error = student_error(["Own", name, "Exception"], "why", [])
            assert str(error) == "why" and type(error).__name__ == "Own"


def test_a_recorder_keeps_no_more_than_its_limit() -> None:
    recorder = Recorder(100)
    for _ in range(50):
        recorder.write("stdout", "x" * 30)
        recorder.add({"output_type": "display_data"}, 30)
    assert len(recorder.outputs) < 6 and "left out" in recorder.outputs[-1]["text"]


def test_classes_methods_and_items(book: Notebook) -> None:
    book.cell(
        "class Net(dict):\n    pass\nclass Layer:\n    def __init__(self, n): self.n = n\n"
        "    def forward(self, x): return x * self.n\n"
        "    def __getitem__(self, i): return self.n + i\n    def __len__(self): return self.n\n"
        "    def __iter__(self): return iter(range(self.n))\n"
    )
    verdict = book.check(
        "layer = Layer(3)\nassert layer.forward(2) == 6 and layer[1] == 4 and len(layer) == 3\n"
        "assert list(layer) == [0, 1, 2] and isinstance(layer, Layer) and not isinstance(1, Layer)"
    )
    assert verdict.status == "pass", verdict.message


def test_a_lambda_is_lent_and_may_call_back(book: Notebook) -> None:
    book.cell("def f(g, x): return g(x) + g(x + 1)\ndef square(x): return x * x")
    assert book.check("assert f(lambda x: square(x), 3) == 9 + 16").status == "pass"
    verdict = book.check("f(lambda x: 1 / 0, 3)")
    assert verdict.status == "error" and "ZeroDivisionError" in verdict.message


def test_a_changed_argument_is_seen(book: Notebook) -> None:
    book.cell("def f(x, d, n): x[0] = 9; d['new'] = 1; n.append(2)")
    verdict = book.check(
        "x, d, n = np.zeros(2), {}, [1]\nf(x, d, n)\n"
        "assert x.tolist() == [9, 0] and d == {'new': 1} and n == [1, 2]"
    )
    assert verdict.status == "pass", verdict.message


def test_a_read_only_argument_stays(book: Notebook) -> None:
    book.cell("def f(x):\n    x.flags.writeable = True\n    x[0] = 9")
    source = "x = np.zeros(2)\nx.flags.writeable = False\nf(x)\nassert x.tolist() == [0, 0]"
    assert book.check(source).status in ("pass", "error")
    assert "assert" not in book.check(source).message


@pytest.mark.parametrize(
    "name", ["ValueError", "KeyError", "IndexError", "TypeError", "OSError", "FileNotFoundError",
             "NotImplementedError", "AssertionError", "ZeroDivisionError", "RecursionError"]
)  # fmt: skip
def test_a_builtin_exception_can_be_caught(book: Notebook, name: str) -> None:
    book.cell(f"class Own({name}): pass\ndef f(): raise Own('why')")
    assert book.check(f"try: f()\nexcept {name} as e: assert 'why' in str(e)").status == "pass"


def test_an_uncaught_one_is_an_error_of_one_line(book: Notebook) -> None:
    book.cell("def f(x):\n    size = x / 2\n    raise ValueError('size does\\nnot fit')")
    verdict = book.check("secret = 41\nf(3)")
    expected = (
        "ValueError: size does not fit (in f, line 3: raise ValueError('size does\\nnot fit'))"
    )
    assert (verdict.status, verdict.score, verdict.message) == ("error", 0, expected)
    assert verdict.outputs[-1]["ename"] == "ValueError"
    assert "secret" not in text(verdict.outputs)


def test_what_is_not_written_is_missing(book: Notebook) -> None:
    book.cell("def pad(x): raise NotImplementedError\ndef f(x): raise NotImplementedError('todo')")
    verdict = book.check("f(1)")
    assert verdict.status == "missing"
    assert verdict.message == "f is not written yet (NotImplementedError)"
    absent = book.check("conv(1)")
    assert absent.status == "missing" and absent.message.startswith("conv is not defined: the")


def test_exceptions_of_the_check_are_a_fail(book: Notebook) -> None:
    book.cell("def f(x): return x")
    verdict = book.check("assert f(1) == 2, 'f(1) is 1, not 2'")
    assert (verdict.status, verdict.message) == ("fail", "AssertionError: f(1) is 1, not 2")
    assert book.check("assert f(1) == 2").message == "AssertionError"
    assert book.check("1 / 0").status == "fail"
    assert book.check("this is no python").status == "fail"


def test_not_yet_speaks_for_itself(book: Notebook) -> None:
    source = "from convbook import check\nraise check.NotYet('first line\\n  second line')"
    verdict = book.check(source)
    assert (verdict.status, verdict.message) == ("fail", "first line\n  second line")
    error = verdict.outputs[-1]
    assert error["ename"] == "NotYet" and error["traceback"] == ["first line\n  second line"]


def test_not_run_is_not_a_fail(book: Notebook) -> None:
    verdict = book.check("from convbook import check\nraise check.NotRun('no GPU here')")
    assert (verdict.status, verdict.score, verdict.message) == ("not-run", 0, "no GPU here")


@pytest.mark.parametrize(
    ("ending", "status", "score"),
    [("float(0.5)", "partial", 0.5), ("1.5;", "partial", 1.5), ("2.0", "pass", 2),
     ("7.0", "pass", 2), ("-1.0", "partial", 0), ("float('nan')", "partial", 0),
     ("float('inf')", "partial", 0), ("np.float64(0.5)", "partial", 0.5), ("None", "pass", 2),
     ("'text'", "pass", 2), ("0", "pass", 2), ("False", "pass", 2), ("x = 0.5", "pass", 2)],
)  # fmt: skip
def test_only_a_float_at_the_end_is_partial(
    bare: Airlock, ending: str, status: str, score: float
) -> None:
    with bare.session(seed=1) as session:
        verdict = session.run_check("c", f"import numpy as np\n{ending}", 2)
    assert (verdict.status, verdict.score) == (status, score)


def test_grade_itself() -> None:
    assert grade(0.0, 3) == ("partial", 0.0) and grade(3.0, 3) == ("pass", 3.0)


def test_stderr_and_prints_cost_nothing(book: Notebook) -> None:
    book.cell("def f(): print('student'); import warnings; warnings.warn('w'); return 1")
    verdict = book.check("import sys\nprint('ours')\nprint('e', file=sys.stderr)\nf()\nNone")
    assert verdict.status == "pass"
    assert {output["name"] for output in verdict.outputs} == {"stdout"}
    assert "student" not in text(verdict.outputs)  # a call may print the hidden input


def test_names_come_from_the_right_place(book: Notebook) -> None:
    book.cell("def sum(x): return 'student'\ndef given(x): return 'student'\ndef len(x): return -1")
    source = "assert sum([1]) == 'student' and given(1) == 2 and len([1]) == 1\nown = 3\nassert own"
    assert book.check(source).status == "pass"


def test_student_names_beat_the_prelude(airlock: Airlock) -> None:
    names = {"conv": "student_names"}
    with airlock.session(seed=1, prelude=["def conv(): return 0"], student_names=names) as session:
        assert session.run_check("c", "conv()", 1).status == "missing"
        session.run_student("def conv(): return 1")
        assert session.run_check("c", "assert conv() == 1", 1).status == "pass"


def test_checks_do_not_see_each_other(book: Notebook) -> None:
    assert book.check("left = 1\ngiven = None").status == "pass"
    assert book.check("left").status == "missing"
    assert book.check("assert given(1) == 2").status == "pass"


def test_a_given_cell_that_needs_the_student_is_left_to_the_student(airlock: Airlock) -> None:
    given = "net = build(3)"
    with airlock.session(seed=1, prelude=[given], student_names={"build"}) as session:
        session.run_student("def build(n): return [n]")
        session.run_student(given)
        assert session.run_check("c", "assert net == [3]", 1).status == "pass"


def test_setup_comes_first(airlock: Airlock) -> None:
    with airlock.session(seed=5, setup=lambda seed: f"base = {seed}", prelude=["b = base"]) as s:
        assert s.run_check("c", "assert b == 5", 1).status == "pass"


def test_modules_do_not_cross(book: Notebook) -> None:
    book.cell("import math")
    assert book.check("math.pi").status == "missing"


def test_magics_and_inline_figures(book: Notebook) -> None:
    outputs = book.cell("%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2]);")
    assert [o["output_type"] for o in outputs if "image/png" in o.get("data", {})]


def test_a_check_is_plain_python_and_may_show_a_value(book: Notebook) -> None:
    draw = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nprint('drawn')\n0.5"
    verdict = book.check(draw)
    assert verdict.status == "partial" and verdict.score == 0.5
    printed, value = verdict.outputs
    assert (printed["text"], value["data"]) == ("drawn\n", {"text/plain": "0.5"})
    assert "SyntaxError" in book.check("%matplotlib inline").message


def test_what_a_student_function_counts_is_seen_at_once(book: Notebook) -> None:
    book.cell("n = 0\ndef count():\n    global n\n    n += 1")
    assert book.check("count()\ncount()\nassert n == 2\ncount()\nassert n == 3").status == "pass"


def test_student_cells_have_the_outputs_of_a_notebook(book: Notebook) -> None:
    outputs = book.cell("import sys\nprint('a')\nprint('b', file=sys.stderr)\n1 + 1")
    assert outputs[0] == {"output_type": "stream", "name": "stdout", "text": "a\n"}
    assert outputs[1]["name"] == "stderr"
    assert outputs[2]["data"] == {"text/plain": "2"} and outputs[2]["execution_count"] == 1
    error = book.cell("def g():\n    1 / 0\ng()")[0]
    assert error["ename"] == "ZeroDivisionError" and "1 / 0" in "".join(error["traceback"])
    assert "airlock" not in "".join(error["traceback"])


def test_only_text_and_pictures_come_out() -> None:
    png = "iVBORw0KGgo="
    html = {"text/html": "<script>", "image/svg+xml": "<svg>", "text/plain": "p", "image/png": png}
    sent = [
        {"output_type": "display_data", "data": html, "metadata": {"x": 1}},
        {"output_type": "display_data", "data": {"text/html": "x"}, "metadata": {}},
        {"output_type": "display_data", "data": {"image/png": "bm90IGEgcG5n"}, "metadata": {}},
        {"output_type": "update_display_data", "data": {}},
        {"output_type": "stream", "name": "stdin", "text": "x"},
        {"output_type": "stream", "name": "stdout", "text": ["x"]},
        {"output_type": "stream", "name": "stdout", "text": "a\x1b[31mb\x1b]8;;x\x07c\x00"},
        {"output_type": "error", "ename": 1, "evalue": None, "traceback": "no"},
        "text",
        None,
    ]
    kept = clean(sent, LIMITS)
    assert kept[0]["data"] == {"text/plain": "p", "image/png": png} and kept[0]["metadata"] == {}
    assert [output["output_type"] for output in kept] == ["display_data", *["stream"] * 2, "error"]
    assert kept[2]["text"] == r"ab\x1b]8;;x\x07c\x00" and kept[3]["traceback"] == []
    assert clean("no list", LIMITS) == []


def test_numpy_random_does_not_depend_on_the_order_of_checks(airlock: Airlock) -> None:
    source = "print(np.random.rand())"
    drawn = []
    for names in (["a", "b"], ["b", "a"]):
        with airlock.session(seed=1, prelude=["import numpy as np"]) as session:
            texts = {n: session.run_check(n, source, 1).outputs[0]["text"] for n in names}
        drawn.append(texts)
    assert drawn[0] == drawn[1] and drawn[0]["a"] != drawn[0]["b"]
