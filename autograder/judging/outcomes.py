"""What every statement of a check comes to, not the first that fails alone.

A check ends at its first failure. One failure says little of what is wrong: many mistakes give the
same answer to one call. So a check that failed is run once more, to its end. Each statement that
fails is noted, and the next one runs.
"""

import ast
from collections import Counter
from functools import lru_cache
from types import CodeType, TracebackType
from typing import Any

from autograder.judging.calls import copied
from autograder.judging.circumstances import Facts
from autograder.judging.state import Outcomes, Place, state
from convbook.check import NotYet

# What asks how an answer came about says nothing of what is wrong with it, and takes long.
WITHOUT = ("judge.no_loops", "judge.derived", "judge.without")
WATCH = "_outcome_of_"  # the name, in a check that runs to its end, of what notes the outcomes


class Watch:
    """Notes what statements come to; one at a time is `with watch(line):`."""

    def __init__(self) -> None:
        self.outcomes: Outcomes = {}
        self.calls: list[tuple[Facts, bool]] = []  # of judged calls: circumstances, and if right
        self._counts: Counter[int] = Counter()
        self._line = 0

    def __call__(self, line: int) -> "Watch":
        self._line = line
        return self

    def __enter__(self) -> None:
        """Begin a statement."""
        state.circumstances = {}

    def __exit__(
        self, kind: type | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        """Note an exception, and go on after it."""
        if error is not None and not isinstance(error, Exception):
            return False  # the student's process is gone: nothing more can be asked
        place = (self._line, self._counts[self._line])
        self._counts[self._line] += 1
        if isinstance(error, NotYet):  # what comes next may change the answer
            error.actual = copied(error.actual)
        if state.circumstances:
            self.calls.append((state.circumstances, error is None))
        state.circumstances = None
        self.note(place, error)
        return True

    def note(self, place: Place, error: Exception | None) -> None:
        """Keep what a statement came to."""
        self.outcomes[place] = error


def failing(outcomes: Outcomes) -> list[Place]:
    """Return the statements that failed, in the order in which they ran."""
    return [place for place, error in outcomes.items() if error is not None]


@lru_cache(maxsize=1024)
def to_the_end(source: str, file: str) -> CodeType:
    """Compile a check so that each of its statements is watched by what is called WATCH."""
    tree: ast.Module = _Watched().visit(ast.parse(source, file))
    return compile(ast.fix_missing_locations(tree), file, "exec")


class _Watched(ast.NodeTransformer):
    """Puts each simple statement of a check into a `with`; what a check defines stays."""

    def visit(self, node: ast.AST) -> Any:
        match node:
            case ast.FunctionDef():
                return node
            case ast.With() if any(_is_without(item.context_expr) for item in node.items):
                return ast.copy_location(ast.Pass(), node)
            case ast.Expr() | ast.Assign() | ast.AugAssign() | ast.Assert() | ast.Raise():
                return self.watched(node)
        return self.generic_visit(node)

    def watched(self, node: Any) -> ast.AST:
        if isinstance(node, ast.Expr) and _is_without(node.value):
            return ast.copy_location(ast.Pass(), node)
        line = ast.Constant(node.lineno)
        call = ast.Call(ast.Name(WATCH, ast.Load()), [line], [])
        return ast.copy_location(ast.With([ast.withitem(call)], [node]), node)


def _is_without(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) in WITHOUT
