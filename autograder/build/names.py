"""Where each name in a check comes from: the check itself, the given cells, Python, or the student.

A check runs in another process than the student's cells. A name that none of these gives would be
looked for over there, where anything may bear it, or nothing.
"""

import ast
import builtins
import symtable

from autograder.course import Check, Lesson

OWN, GIVEN, PYTHON, STUDENT = "the check", "a given cell", "Python", "the student"


def origins(check: Check, lesson: Lesson) -> dict[str, str]:
    """Say where each name of a check comes from.

    Args:
        check: a check that runs.
        lesson: the lesson it is in.

    Returns:
        Name to origin, in alphabetical order; '' for a name from nowhere.
    """
    own = bound(check.source)
    given = frozenset().union(*map(bound, lesson.given))

    def origin(name: str) -> str:
        if name in own:
            return OWN
        if name in lesson.student_names:
            return STUDENT
        if name in given:
            return GIVEN
        return PYTHON if hasattr(builtins, name) else ""

    return {name: origin(name) for name in sorted(_used(check.source))}


def _used(source: str) -> set[str]:
    """Return the names that a cell looks up at its top level, from inside functions too."""
    used: set[str] = set()
    tables = [_table(source)]
    while tables:
        table = tables.pop()
        top = table.get_type() == "module"
        symbols = (s for s in table.get_symbols() if s.is_referenced())
        used |= {s.get_name() for s in symbols if top or s.is_global()}
        tables += table.get_children()
    return used


def bound(source: str) -> frozenset[str]:
    """Return the names that a cell's own top level binds: imports, definitions, targets."""
    symbols = _table(source).get_symbols()
    return frozenset(s.get_name() for s in symbols if s.is_assigned() or s.is_imported())


def _table(source: str) -> symtable.SymbolTable:
    """Return a cell's names, scope by scope, and the same under every Python."""
    tree = _Generators().visit(ast.parse(source))
    return symtable.symtable(ast.unparse(tree), "cell", "exec")


class _Generators(ast.NodeTransformer):
    """Write each comprehension as a generator, which has a scope of its own everywhere.

    Since Python 3.12 the variables of other comprehensions stand among the names around them.
    """

    def visit_ListComp(self, node: ast.ListComp | ast.SetComp) -> ast.GeneratorExp:
        self.generic_visit(node)
        return ast.GeneratorExp(node.elt, node.generators)

    visit_SetComp = visit_ListComp  # noqa: N815 - the name that ast looks for

    def visit_DictComp(self, node: ast.DictComp) -> ast.GeneratorExp:
        self.generic_visit(node)
        pair = ast.Tuple([node.key, node.value], ast.Load())
        return ast.GeneratorExp(pair, node.generators)
