"""Code that wants points for wrong answers."""

from attacks.case import Case, cells, wrong
from attacks.target import AFFINE, FULL, RIGHT, ROWS, SCALE, WRONG


def tampering(name: str, tries: str, first: str, honest: float = 0) -> Case:
    """A notebook of wrong answers, and a cell of code before or after them."""
    return Case("tampering", name, tries, wrong(first=first), honest)


STRIP_ASSERTS = """
import ast
class Strip(ast.NodeTransformer):
    def visit_Assert(self, node): return None
    def visit_Raise(self, node): return ast.Pass()
    def visit_Expr(self, node): return ast.Pass()
get_ipython().ast_transformers.append(Strip())
"""
SKIP_CELLS = """
def nothing(lines): return [] if any("check" in line for line in lines) else lines
get_ipython().input_transformers_post.append(nothing)
"""
RUN_CELL = """
shell = get_ipython()
was = shell.run_cell
def run_cell(source, *args, **kwargs):
    return was("1" if "judge" in source else source, *args, **kwargs)
shell.run_cell = run_cell
import IPython
IPython.core.interactiveshell.InteractiveShell.showtraceback = lambda *a, **k: None
IPython.core.interactiveshell.InteractiveShell._showtraceback = lambda *a, **k: None
"""
KERNEL_REPLY = """
kernel = getattr(get_ipython(), "kernel", None)
if kernel is not None:
    send = kernel.session.send
    def quiet(stream, kind, content=None, *args, **kwargs):
        name = kind if isinstance(kind, str) else kind.get("msg_type")
        if name == "error": return None
        if name == "execute_reply": content["status"] = "ok"
        return send(stream, kind, content, *args, **kwargs)
    kernel.session.send = quiet
"""
PATCH_CONVBOOK = """
import convbook.check, convbook.check.compare
for module in (convbook.check, convbook.check.compare):
    module.difference = lambda *a, **k: ""
convbook.check.same = lambda *a, **k: None
"""
PATCH_JUDGE = """
try:
    from autograder.judging import judge
    judge.difference = lambda *a, **k: ""
    judge._agree = lambda *a, **k: None
    judge.value = judge.forward = judge.backward = lambda *a, **k: None
except ImportError: pass
from convbook import check
check.same = lambda *a, **k: None
"""
LIAR = """
class Liar(np.ndarray):
    def __eq__(self, other): return True
    def __array_ufunc__(self, ufunc, how, *args, **kwargs):
        out = np.zeros(self.shape)
        return out.astype(bool) if ufunc in (np.greater, np.not_equal) else out
    def __array_function__(self, function, types, args, kwargs): return True
def scale(x, a): return np.zeros(np.shape(x)).view(Liar)
"""
LYING_FLOAT = """
class Lying(float):
    def __eq__(self, other): return True
    def __sub__(self, other): return 0.0
    __rsub__ = __sub__
    def __float__(self): return 3.0
    __hash__ = None
def scale(x, a): return Lying()
"""
ARRAY_LIKE = """
class Like:
    shape, dtype, ndim, size = (2,), np.dtype(float), 1, 2
    def __array__(self, *a, **k):
        import inspect
        for frame in inspect.stack():
            if "expected" in frame.frame.f_locals: return frame.frame.f_locals["expected"]
        return np.array([3.0, -6.0])
def scale(x, a): return Like()
"""
CODE = """
def scale(x, a):
    import sys
    frame = sys._getframe(1)
    while frame:
        for name in ("difference", "_agree", "not_yet"):
            if name in frame.f_globals: frame.f_globals[name] = lambda *a, **k: ""
        frame = frame.f_back
    return x
"""
SWAP_ARGUMENT = """
def scale(x, a):
    np.asarray(x)[...] = 0
    return x
"""
TRACE = """
import sys
def tracer(frame, event, argument):
    if event == "return" and frame.f_code.co_name in ("difference", "same"):
        raise SystemExit(0)
    return tracer
sys.settrace(tracer); sys.setprofile(tracer)
"""
EXIT_HOOK = """
import builtins
builtins.AssertionError = type("AssertionError", (SystemExit,), {})
builtins.Exception = builtins.BaseException = SystemExit
"""
NUMPY = """
np.allclose = np.array_equal = lambda *a, **k: True
np.isfinite = np.isclose = lambda *a, **k: np.bool_(True)
np.testing.assert_allclose = np.testing.assert_array_equal = lambda *a, **k: None
np.abs = np.absolute = lambda x: np.zeros_like(x)
np.any = lambda *a, **k: False
np.all = lambda *a, **k: True
"""
EARLY_PASS = """
def scale(x, a):
    import sys
    sys.exit(0)
"""

CASES = [
    tampering("numpy patched", "makes NumPy's comparisons always agree", NUMPY),
    tampering("builtins patched", "makes AssertionError an exit that nobody counts", EXIT_HOOK),
    tampering("asserts stripped", "an AST transformer takes every check out", STRIP_ASSERTS),
    tampering("checks skipped", "an input transformer empties the check cells", SKIP_CELLS),
    tampering("run_cell patched", "replaces the shell's own run_cell and tracebacks", RUN_CELL),
    tampering("kernel messages", "drops error messages on their way out", KERNEL_REPLY),
    tampering("convbook patched", "makes convbook.check agree with everything", PATCH_CONVBOOK),
    tampering("judge patched", "makes autograder.judging.judge agree with everything", PATCH_JUDGE),
    tampering("tracer", "ends every comparison early by sys.settrace", TRACE),
    Case(
        "tampering",
        "lying array",
        "returns an ndarray subclass that equals everything",
        cells(scale=LIAR),
        FULL - SCALE,
    ),
    Case(
        "tampering",
        "lying float",
        "returns a float subclass whose differences are 0",
        cells(scale=LYING_FLOAT),
        FULL - SCALE,
    ),
    Case(
        "tampering",
        "lying __array__",
        "becomes the expected answer when it is converted",
        cells(scale=ARRAY_LIKE),
        FULL - SCALE,
    ),
    Case(
        "tampering",
        "judge patched from within",
        "patches the judge from the frames of its own call",
        cells(scale=CODE),
        FULL - SCALE,
    ),
    Case(
        "tampering",
        "argument overwritten",
        "zeroes its argument so that both answers are 0",
        cells(scale=SWAP_ARGUMENT),
        FULL - SCALE,
    ),
    Case(
        "tampering",
        "exit in the answer",
        "ends the process with status 0 in a call",
        cells(scale=EARLY_PASS),
        FULL - SCALE,
    ),
    Case(
        "tampering",
        "hidden markers",
        "wraps its own code in BEGIN HIDDEN TESTS and BEGIN SOLUTION",
        cells(
            scale="### BEGIN HIDDEN TESTS\n### BEGIN SOLUTION\n"
            + WRONG["scale"]
            + "\n### END SOLUTION\n### END HIDDEN TESTS",
            first="### BEGIN HIDDEN TESTS\nx = 1",
        ),
        FULL - SCALE,
    ),
    Case(
        "tampering",
        "later redefinition",
        "redefines the right functions as wrong ones at the end",
        cells(last=WRONG["scale"]),
        FULL,
    ),
    Case(
        "tampering",
        "check functions defined",
        "defines same, value and judge in the notebook",
        wrong(last="def same(*a): pass\nclass judge: value = forward = backward = rng = same"),
        0,
    ),
    Case(
        "tampering",
        "a right answer among lies",
        "patches everything, but the rows are right",
        wrong(first=NUMPY.replace("np.all = lambda *a, **k: True", ""), map_rows=RIGHT["map_rows"]),
        ROWS,
    ),
    Case(
        "tampering",
        "half right",
        "no attack: the affine pair alone is right",
        wrong(affine_forward=RIGHT["affine_forward"]),
        AFFINE,
    ),
]
