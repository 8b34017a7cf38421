"""The copy of convbook that a student's code sees while it is graded.

It is the same package, less the given layers that would answer the lesson's exercises: what a
student is to write cannot be imported.
"""

import ast
import itertools
import re
import shutil
from pathlib import Path

import convbook
from autograder.course import Lesson
from convbook import data
from convbook.puzzle import opened

SEEN_AT = "/course"
# What shows how a layer's numbers come about could be handed in as the layer, and so could what is
# nearly right.
ONLY_AT_HOME = ("look", "boxes", opened.FOLDER.name)
NOT_HERE = """

def __getattr__(name):
    if name in {names!r}:
        raise ImportError(f"no {{name}} in convbook while it is graded: here you write it yourself")
    raise AttributeError(name)
"""


def stage(lesson: Lesson, folder: Path) -> None:
    """Copy convbook and the data into a folder, without what the lesson asks for.

    Args:
        lesson: the lesson that is graded.
        folder: an empty folder; gets convbook/ and data/.
    """
    package = Path(convbook.__file__).parent
    left_out = shutil.ignore_patterns("__pycache__", *ONLY_AT_HOME)
    shutil.copytree(package, folder / "convbook", ignore=left_out)
    shutil.copytree(data.folder(), folder / "data", ignore=left_out)
    parts = (folder / "convbook" / part for part in ("layers", "demo", "check"))
    for module in itertools.chain.from_iterable(part.glob("*.py") for part in parts):
        text = module.read_text(encoding="utf-8")
        module.write_text(_without(text, lesson.withheld), encoding="utf-8")
    _drop_helpers(folder / "convbook" / "layers")
    for path in (folder, *folder.rglob("*")):  # another user reads it, also where ours is closed
        path.chmod(0o755 if path.is_dir() else 0o644)


def _drop_helpers(layers: Path) -> None:
    """Remove the modules of layers that no other imports: they helped what is gone."""
    texts = {module: module.read_text(encoding="utf-8") for module in layers.glob("*.py")}
    imported = " ".join(re.findall(r"^from convbook\.layers(.*)", "\n".join(texts.values()), re.M))
    for module, text in texts.items():
        is_named = re.search(rf"\b{module.stem}\b", imported)
        if not is_named and module.stem != "__init__" and "def __getattr__" not in text:
            module.unlink()  # where there is a __getattr__, it says what is not here


def _without(source: str, names: frozenset[str]) -> str:
    """Take functions of these names out of a module, and out of its imports."""
    if not any(name in source for name in names):
        return source
    tree = ast.parse(source)
    found = names & (_functions(tree) | _imported(tree))
    if not found:
        return source
    tree.body = [s for s in tree.body if getattr(s, "name", None) not in names]
    while unused := _unused(tree):  # a helper of what is gone would give the answer away too
        tree.body = [s for s in tree.body if getattr(s, "name", None) not in unused]
    for statement in tree.body:
        if isinstance(statement, ast.ImportFrom):
            statement.names = [alias for alias in statement.names if alias.name not in names]
        elif isinstance(statement, ast.Assign) and isinstance(statement.value, ast.List):
            statement.value.elts = [e for e in statement.value.elts if _value(e) not in names]
    used = _named(tree)
    for statement in tree.body:
        if isinstance(statement, ast.ImportFrom):
            statement.names = [a for a in statement.names if (a.asname or a.name) in used]
    tree.body = [s for s in tree.body if not (isinstance(s, ast.ImportFrom) and not s.names)]
    return ast.unparse(tree) + NOT_HERE.format(names=sorted(found))


def _functions(tree: ast.Module) -> set[str]:
    return {s.name for s in tree.body if isinstance(s, ast.FunctionDef)}


def _unused(tree: ast.Module) -> set[str]:
    """Return the private functions that nothing else in a module names."""
    private = {name for name in _functions(tree) if name.startswith("_")}
    return private - _named(tree) - {"__getattr__"}


def _named(tree: ast.Module) -> set[object]:
    """Return what a module uses or, in a list of names, hands on."""
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return names | {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}


def _imported(tree: ast.Module) -> set[str]:
    imports = (s for s in tree.body if isinstance(s, ast.ImportFrom))
    return {alias.name for statement in imports for alias in statement.names}


def _value(node: ast.expr) -> object:
    return node.value if isinstance(node, ast.Constant) else None
