"""What must not go out stops the release, whichever it is and however it is packed."""

import ast
import base64
import bz2
import gzip
import html
import importlib.util
import io
import json
import lzma
import marshal
import pickle
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import nbformat
import numpy as np
import pytest
from machine import need
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer
from right_05 import RIGHT

from autograder import mistakes
from autograder.course import Lesson, lessons, root
from autograder.release import scan
from autograder.release.secrets import Secrets
from autograder.released import HIDDEN

LESSON = lessons()["05_pooling"]
Pack = Callable[[str], bytes]


def without_marks(source: str) -> str:
    return "\n".join(line for line in source.split("\n") if "### " not in line)


ANSWER = without_marks(LESSON.solutions["max_pool_forward"])
CHECK = next(HIDDEN.search(item.source) for item in LESSON.checks if HIDDEN.search(item.source))
MISTAKE = mistakes.known(LESSON.name)[0]
SECRETS = {
    "a solution": ANSWER,
    "a hidden check": without_marks(CHECK[0] if CHECK else ""),
    "a right version": RIGHT["max_pool_forward"][0],
    "the mistakes": Path(mistakes.__file__).with_name("m05.py").read_text(encoding="utf-8"),
    "the grader": (root() / "autograder" / "judging" / "judge.py").read_text(encoding="utf-8"),
    "a wrong version": without_marks(mistakes.source(MISTAKE, LESSON)),
}


def found(secrets: Secrets, content: bytes, name: str = "notes.txt") -> str:
    """Return what stops a release with this file, or ''."""
    try:
        scan.check({"README.md": b"# A course\n", name: content}, secrets)
    except scan.LeakError as leak:
        assert str(leak).startswith(f"{name} holds ") and len(str(leak).splitlines()) == 1
        return str(leak)
    return ""


def zipped(content: bytes, name: str = "a.txt", kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", kind) as archive:
        archive.writestr("first.txt", "nothing")
        archive.writestr(name, content)
    return file.getvalue()


def tarred(content: bytes, mode: str) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=mode) as archive:
        entry = tarfile.TarInfo("deep/a.txt")
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return file.getvalue()


def notebook(**cell: object) -> bytes:
    cells = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(**cell)])
    return nbformat.writes(cells).encode()


def output(**data: str) -> bytes:
    kinds = {name.replace("_", "/"): value for name, value in data.items()}
    return notebook(source="1", outputs=[nbformat.v4.new_output("display_data", kinds)])


def attached(content: bytes) -> bytes:
    cell = nbformat.v4.new_markdown_cell("![](attachment:a.png)")
    cell.attachments = {"a.png": {"image/png": base64.encodebytes(content).decode()}}
    return nbformat.writes(nbformat.v4.new_notebook(cells=[cell])).encode()


def compiled(source: str) -> bytes:
    return importlib.util.MAGIC_NUMBER + bytes(12) + marshal.dumps(compile(source, "a", "exec"))


def loose(content: bytes) -> bytes:
    return zlib.compress(b"blob %d\0" % len(content) + content)


def from_git(content: bytes, *command: str) -> bytes:
    """Return what Git makes of a history with this content in it and other content later."""
    need("git")
    with tempfile.TemporaryDirectory() as place:

        def git(*words: str) -> None:
            who = ["-c", "user.name=a", "-c", "user.email=a@b"]
            subprocess.run(["git", *who, *words], cwd=place, check=True, capture_output=True)

        git("init", "-q")
        for text in (content, content + b"\n# more", b"nothing"):
            (Path(place) / "a").write_bytes(text)
            git("add", "a")
            git("commit", "-q", "-m", "a")
        git("gc", "-q", "--aggressive")
        git(*command)
        kind = "*.bundle" if command[0] == "bundle" else "*.pack"
        return next(Path(place).rglob(kind)).read_bytes()


def other_looks(source: str) -> bytes:
    """Write Python anew: other quotes and lines, no comments."""
    text = ast.unparse(ast.parse(source)).replace("'", '"').replace("    ", "\t")
    return text.replace("[", "[\n\t").encode()


PACKED: dict[str, Pack] = {
    "as it is": str.encode,
    "Windows lines and tabs": lambda s: s.replace("    ", "\t").replace("\n", "\r\n").encode(),
    "a list in a notebook": lambda s: notebook(source=s),
    "a text in one line of JSON": lambda s: json.dumps({"a": [{"b": s}]}).encode(),
    "JSON in JSON": lambda s: json.dumps(json.dumps({"a": s})).encode(),
    "a text in Python": lambda s: f"TEXT = {s!r}".encode(),
    "an output": lambda s: output(text_plain=repr(s)),
    "a coloured page": lambda s: output(
        text_html=highlight(s, PythonLexer(), HtmlFormatter(full=True))
    ),
    "HTML": lambda s: f"<pre>{html.escape(s)}</pre>".encode(),
    "HTML with a name for each sign": lambda s: re.sub(
        r"[^\w\s]", lambda sign: f"&#{ord(sign[0])};", s
    ).encode(),
    "Base64 in an output": lambda s: output(image_png=base64.b64encode(s.encode()).decode()),
    "Base64 in lines": lambda s: b"see path/" + base64.encodebytes(s.encode()),
    "Base64 for addresses": lambda s: b"data:x;base64," + base64.urlsafe_b64encode(s.encode()),
    "an attachment": lambda s: attached(s.encode()),
    "a zip in an attachment": lambda s: attached(zipped(s.encode())),
    "hex": lambda s: s.encode().hex().encode(),
    "hex with spaces": lambda s: s.encode().hex(" ").encode(),
    "UTF-16": lambda s: s.encode("utf-16"),
    "UTF-16 without a mark": lambda s: s.encode("utf-16-be"),
    "UTF-32": lambda s: s.encode("utf-32-le"),
    "Latin letters among it": lambda s: b"\xe9\xe8 " + s.encode(),
    "a zip": lambda s: zipped(s.encode()),
    "a zip without packing": lambda s: zipped(s.encode(), kind=zipfile.ZIP_STORED),
    "a zip by bzip2": lambda s: zipped(s.encode(), kind=zipfile.ZIP_BZIP2),
    "a zip in a zip": lambda s: zipped(zipped(zipped(s.encode()), "b.zip"), "c.zip"),
    "a zip behind a picture": lambda s: b"\x89PNG" + bytes(90_000) + zipped(s.encode()),
    "a zip before a picture": lambda s: zipped(s.encode()) + bytes(range(256)) * 900,
    "tar": lambda s: tarred(s.encode(), "w"),
    "tar.gz": lambda s: tarred(s.encode(), "w:gz"),
    "tar.bz2": lambda s: tarred(s.encode(), "w:bz2"),
    "tar.xz in a zip": lambda s: zipped(tarred(s.encode(), "w:xz")),
    "gzip in gzip": lambda s: gzip.compress(gzip.compress(s.encode())),
    "bzip2": lambda s: bz2.compress(s.encode()),
    "old LZMA": lambda s: lzma.compress(s.encode(), lzma.FORMAT_ALONE),
    "an array of texts": lambda s: np.array(s.splitlines()).tobytes(),
    "an array in a file": lambda s: _saved(np.array([s])),
    "a pickle": lambda s: pickle.dumps({"a": [s]}),
    "an object of Git": lambda s: loose(s.encode()),
    "a pack of Git": lambda s: from_git(s.encode(), "repack", "-adq"),
    "a bundle of Git": lambda s: from_git(s.encode(), "bundle", "create", "a.bundle", "--all"),
}  # fmt: skip
TAKES_ONLY_PYTHON: dict[str, Pack] = {
    "other looks": other_looks,
    "compiled": compiled,
    "compiled, in a zip": lambda s: zipped(compiled(s), "a.pyc"),
    "compiled, in Base64": lambda s: output(text_plain=base64.b64encode(compiled(s)).decode()),
    "marshalled": lambda s: marshal.dumps(compile(s, "a", "exec")),
}


def _saved(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, a=array)
    return file.getvalue()


@pytest.mark.parametrize("pack", PACKED)
@pytest.mark.parametrize("secret", SECRETS)
def test_it_is_found_however_it_is_packed(secrets: Secrets, secret: str, pack: str) -> None:
    assert found(secrets, PACKED[pack](SECRETS[secret]))


@pytest.mark.parametrize("pack", TAKES_ONLY_PYTHON)
@pytest.mark.parametrize("secret", ["a solution", "a hidden check", "the grader"])
def test_python_is_found_whatever_was_made_of_it(secrets: Secrets, secret: str, pack: str) -> None:
    assert found(secrets, TAKES_ONLY_PYTHON[pack](SECRETS[secret]))


@pytest.mark.parametrize("pack", PACKED)
def test_what_is_harmless_is_not(secrets: Secrets, pack: str) -> None:
    """What nobody here wrote, and what students are given."""
    theirs = Path(np.__file__).with_name("lib") / "_stride_tricks_impl.py"
    given = "\n".join(cell.source for cell in LESSON.released.cells)
    for text in (theirs.read_text(encoding="utf-8"), given):
        assert found(secrets, PACKED[pack](text)) == ""


def test_pixels_are_not_taken_for_compiled_python(secrets: Secrets) -> None:
    """A row of a dark picture, as one of the slides has it."""
    pixels = bytes(400) + b"\x00\x0c\r\n" + bytes(400)
    assert found(secrets, zlib.compress(pixels)) == ""


def bare(source: str) -> ast.Module:
    """Return Python without its docstrings."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node):
            del node.body[0]
    return tree


@pytest.mark.parametrize("lesson", lessons().values(), ids=lambda lesson: lesson.name)
def test_each_answer_and_each_hidden_check_is_found(secrets: Secrets, lesson: Lesson) -> None:
    """As it stands; written anew, with other quotes, brackets and lines; without docstrings."""
    for cell in lesson.notebook.cells:
        mark = cell.metadata.get("nbgrader", {})
        hidden = HIDDEN.search(cell.source)
        if not (mark.get("solution") or hidden):
            continue
        text = without_marks(hidden[0] if hidden else cell.source)
        text = "\n".join(line for line in text.split("\n") if "import" not in line)  # not by these
        looks = [text.encode()]
        if cell.cell_type == "code":
            looks += [ast.unparse(tree).encode() for tree in (ast.parse(text), bare(text))]
        for look in looks:
            assert found(secrets, look), (mark.grade_id, look)


def test_what_is_said_names_what_and_where(secrets: Secrets) -> None:
    said = found(secrets, zipped(ANSWER.encode()), "extra/more.zip")
    assert "extra/more.zip holds the answer to max_pool_forward of 05_pooling" in said
    assert "nothing was released" in said


def test_two_lines_of_a_right_version_are_enough(secrets: Secrets) -> None:
    """Fewer than of the grader's own code; nobody's solution has them."""
    lines = RIGHT["max_pool_forward"][0].split("\n")
    two = [line for line in lines if line.strip().startswith(("rows =", "cols ="))]
    assert "right_05.py" in found(secrets, "\n".join(two).encode())


def test_some_lines_of_it_are_enough(secrets: Secrets) -> None:
    lines = [line for line in ANSWER.split("\n") if line.strip()][-6:]
    assert found(secrets, "\n".join(["x = 1", *lines[1:5], "y = 2"]).encode())


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"7z\xbc\xaf\x27\x1c\x00\x04" + bytes(40), "a 7z archive"),
        (b"Rar!\x1a\x07\x01\x00" + bytes(40), "a RAR archive"),
        (b"\x28\xb5\x2f\xfd" + bytes(40), "zstd"),
        (zipped(b"x" * 99).replace(b"PK\x03\x04\x14\x00\x00", b"PK\x03\x04\x14\x00\x01"), "locked"),
        (zipped(b"x" * 99, kind=zipfile.ZIP_LZMA), "locked"),
        (gzip.compress(bytes(300 << 20)), "too large"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_looked_into_stops_it_too(
    secrets: Secrets, content: bytes, what: str
) -> None:
    assert what in found(secrets, content)


def test_what_is_packed_too_often_stops_it_too(secrets: Secrets) -> None:
    content = b"nothing of interest " * 9
    for _ in range(12):
        content = gzip.compress(content)
    assert "packed too often" in found(secrets, content)


@pytest.mark.parametrize("name", ["autograder/a.txt", "x/solutions/01/a.csv", "tests/a.py"])
def test_a_file_of_the_grader_is_known_by_its_folder(secrets: Secrets, name: str) -> None:
    assert name in found(secrets, b"nothing", name)


@pytest.mark.parametrize(
    "text",
    ["x = 1\n    ### BEGIN SOLUTION\n    y", "### END HIDDEN TESTS", "  from autograder import x"],
)
def test_marks_and_imports_of_the_grader_are_found(secrets: Secrets, text: str) -> None:
    assert found(secrets, text.encode())


def test_the_whole_release_passes(secrets: Secrets, whole: dict[str, bytes]) -> None:
    scan.check(whole, secrets)


def test_code_of_others_is_no_answer(secrets: Secrets) -> None:
    """Python of three packages whose authors do not know this course."""
    for package in (np, sys.modules["pygments"], nbformat):
        files = sorted(Path(package.__file__).parent.rglob("*.py"))[:150]
        scan.check({path.name: path.read_bytes() for path in files}, secrets)


def test_a_lesson_that_is_not_given_out_gives_nothing(secrets: Secrets) -> None:
    """What one lesson quotes of another's answer is no secret only where it is given out."""
    quoted = "\n".join(cell.source for cell in lessons()["10_gpu"].released.cells)
    assert found(secrets, quoted.encode()) == ""
    others = Secrets(root(), lessons().values(), ["01_volumes"])
    assert found(others, quoted.encode())
