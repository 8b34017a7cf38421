"""`convbook doctor`: what is wrong with this machine, and what to do about it.

Only the standard library is used, since a package that is missing is one of the answers. The
status is 1 where a student cannot work: Python, the packages or the data. Everything else is for
a part of the course, and is named with that part.
"""

import hashlib
import importlib.metadata
import importlib.util
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
PORT, TRIES = 8888, 50  # JupyterLab's own: it takes the first free one of these
ENOUGH = 500_000_000  # bytes: CIFAR-10 while it arrives, and room for notebooks and grades
TRIAL_SECONDS = 20.0
IMPORT_SECONDS = 120.0  # a cold disk and a virus scanner may take long
COMPILERS = ("c++", "g++", "clang++", "cl")
IN_PLACE = not (PACKAGE / "shipped").is_dir()  # else it was installed from its wheel
SETUP = "run make setup, or pip install -e . in the course's folder"
if not IN_PLACE:
    SETUP = "run the course's set-up again: sh setup.sh, on Windows setup.bat"
UNPROTECTED = "without one, check and grade need --sandbox none, which runs code with your rights"
OK, NOTE, STOP = "ok", "note", "STOP"


@dataclass(frozen=True)
class Finding:
    """One line of the doctor.

    Attributes:
        about: what was looked at.
        state: OK, NOTE where a part of the course is not available, STOP where nothing is.
        text: what was found, and what to do unless the state is OK.
    """

    about: str
    state: str
    text: str

    def __str__(self) -> str:
        return f"{self.state:<5} {self.about:<13} {self.text}"


def main() -> int:
    """Print a line for each thing, as soon as it is known. Return the exit status."""
    stops = 0
    for finding in look():
        print(finding, flush=True)
        stops += finding.state == STOP
    print("\nYou can work: convbook lab" if not stops else f"\nTo mend first: {stops}, see STOP.")
    return 1 if stops else 0


def look() -> Iterator[Finding]:
    """Look at everything, what a student cannot do without first."""
    yield python()
    yield packages()
    yield data(data_folder())
    yield disk(Path.cwd())
    yield port()
    yield sandbox()
    yield compiler()
    yield gpu()


def python() -> Finding:
    """Compare this Python with what the installed course says it needs."""
    here = sys.version.split()[0]
    try:
        wanted = importlib.metadata.metadata("convbook")["Requires-Python"] or ""
    except importlib.metadata.PackageNotFoundError:
        return Finding("Python", STOP, f"{here}, but the course is not installed in it: {SETUP}")
    if fits(here, wanted):
        return Finding("Python", OK, f"{here}, {sys.executable}")
    again = "make setup PYTHON=python3.14" if IN_PLACE else "PYTHON=python3.14 sh setup.sh"
    todo = f"install one of these and run {again}"
    return Finding("Python", STOP, f"{here}, but the course needs {wanted}: {todo}")


def packages() -> Finding:
    """Compare the packages with what the installed course needs, then load each of them."""
    try:
        required = importlib.metadata.requires("convbook") or []
    except importlib.metadata.PackageNotFoundError:
        return Finding("packages", STOP, f"the course is not installed in this Python: {SETUP}")
    problems, found = [], []
    for line in required:
        match = re.fullmatch(r"([\w.-]+)\s*([^;]*)", line)
        if not match:  # what follows a semicolon is for graders and authors
            continue
        name, wanted = match[1], match[2].strip()
        try:
            version = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            problems.append(f"{name} is missing")
            continue
        found.append(f"{name} {version}")
        if not fits(version, wanted):
            problems.append(f"{name} is {version}, needed {wanted}")
        elif reason := _import_problem(name):
            problems.append(f"{name} {version} cannot be loaded ({reason})")
    if problems:
        return Finding("packages", STOP, f"{'; '.join(problems)}: {SETUP}")
    return Finding("packages", OK, ", ".join(found))


def _import_problem(name: str) -> str:
    """Load a package in a process of its own: a broken one may end Python."""
    command = [sys.executable, "-c", f"import {name.replace('-', '_')}"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=IMPORT_SECONDS)
    except subprocess.TimeoutExpired:
        return f"not within {IMPORT_SECONDS:g} s"
    last = done.stderr.strip().splitlines()[-1:] or [f"status {done.returncode}"]
    return last[0][:200] if done.returncode else ""


def fits(version: str, wanted: str) -> bool:
    """Tell whether a version lies in a range such as '>=2.2,<3'."""
    have = _numbers(version)
    for part in filter(None, re.split(r"[,\s]+", wanted)):
        match = re.fullmatch(r"(>=|<=|==|!=|<|>)([\d.]+)", part)
        if not match:
            continue  # pip knows more kinds; the course uses two
        limit = _numbers(match[2])
        sign = (have > limit) - (have < limit)
        allowed = {">=": (0, 1), "<=": (-1, 0), "==": (0,), "!=": (-1, 1), "<": (-1,), ">": (1,)}
        if sign not in allowed[match[1]]:
            return False
    return True


def _numbers(version: str) -> tuple[int, ...]:
    """Return (2, 4, 1) for '2.4.1' and for '2.4.1rc1': near enough for a range."""
    numbers = re.match(r"\d+(\.\d+)*", version)
    parts = [int(part) for part in numbers[0].split(".")] if numbers else []
    return tuple(parts + [0] * (4 - len(parts)))


def data_folder() -> Path | None:
    """Find what convbook.data.folder finds, which needs NumPy to be loaded."""
    places = (PACKAGE / "shipped", PACKAGE.parent / "data")
    return next((place for place in places if place.is_dir()), None)


def data(folder: Path | None) -> Finding:
    """Compare every shipped picture with its checksum."""
    todo = "get the course again, or git checkout -- data" if IN_PLACE else SETUP
    try:
        if folder is None:
            return Finding("data", STOP, f"the folder data/ is missing: {todo}")
        lines = (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
        pairs = [line.split(maxsplit=1) for line in lines if line.strip()]
        bad = [name for sha, name in pairs if not _is(folder / name, sha)]
    except (OSError, ValueError) as error:
        return Finding("data", STOP, f"{folder} cannot be read ({error}): {todo}")
    if not pairs:
        return Finding("data", STOP, f"{folder / 'SHA256SUMS'} is empty: {todo}")
    if bad:
        return Finding("data", STOP, f"missing or damaged: {', '.join(bad)}: {todo}")
    return Finding("data", OK, f"{len(pairs)} files are whole")


def _is(path: Path, sha: str) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == sha


def disk(folder: Path) -> Finding:
    """Tell whether there is room for what students and graders write."""
    free = shutil.disk_usage(folder).free
    text = f"{free / 1e9:.1f} GB are free here"
    if free >= ENOUGH:
        return Finding("disk", OK, text)
    return Finding("disk", NOTE, f"{text}: make room, or notebooks may not be saved")


def port(first: int = PORT, tries: int = TRIES) -> Finding:
    """Find the port that JupyterLab will take: the first that is free."""
    for number in range(first, first + tries):
        if _is_free(number):
            taken = f" ({first} is taken)" if number > first else ""
            return Finding("port", OK, f"{number}{taken}")
    todo = "close other JupyterLabs (jupyter server stop PORT), or convbook lab --port=9999"
    return Finding("port", NOTE, f"{first} to {first + tries - 1} are all taken: {todo}")


def _is_free(number: int) -> bool:
    with socket.socket() as listener:
        # As JupyterLab does, or a port it has just left would seem taken for a minute.
        if sys.platform != "win32":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", number))
        except (OSError, OverflowError):
            return False
    return True


def sandbox() -> Finding:
    """Ask the autograder which sandbox student code would run in on this machine."""
    if importlib.util.find_spec("autograder") is None:
        return Finding("sandbox", OK, "not needed: the autograder is not installed here")
    command = [sys.executable, "-m", "autograder.airlock"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=IMPORT_SECONDS)
    except subprocess.TimeoutExpired:
        return Finding("sandbox", NOTE, f"no answer within {IMPORT_SECONDS:g} s; {UNPROTECTED}")
    said = (done.stdout.strip() or done.stderr.strip()).splitlines()[-1:] or ["no answer"]
    if done.returncode:
        return Finding("sandbox", NOTE, f"none. {said[0]}; {UNPROTECTED}")
    return Finding("sandbox", OK, said[0])


def compiler() -> Finding:
    """Look for a C++ compiler, for the checks of lesson 13."""
    found = [name for name in COMPILERS if shutil.which(name)]
    problem = "" if found else "none"
    if found and found[0] != "cl":  # Microsoft's knows no --version
        problem = _fails([found[0], "--version"])
    if found and not problem:
        return Finding("C++ compiler", OK, found[0])
    text = f"{problem}; only for lesson 13: its checks say not run. sudo apt install g++"
    return Finding("C++ compiler", NOTE, text)


def gpu() -> Finding:
    """Look for a GPU and for CuPy. The course needs neither."""
    cupy = importlib.util.find_spec("cupy") is not None
    names = _gpus()
    if not names:
        return Finding("GPU", OK, "none; not needed")
    wanted = '-e ".[gpu]"' if IN_PLACE else "cupy-cuda13x"
    todo = "with CuPy" if cupy else f"without CuPy; not needed. To use it: pip install {wanted}"
    return Finding("GPU", OK, f"{', '.join(names)}, {todo}")


def _gpus() -> list[str]:
    command = ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=TRIAL_SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return []
    return done.stdout.split("\n")[:-1] if done.returncode == 0 else []


def _fails(command: list[str]) -> str:
    """Run a command; return the last line of what it complains about, or ''."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=TRIAL_SECONDS)
    except subprocess.TimeoutExpired:
        return f"no answer within {TRIAL_SECONDS:g} s"
    except OSError as error:
        return str(error)
    last = done.stderr.strip().splitlines()[-1:] or [f"status {done.returncode}"]
    return last[0][:200] if done.returncode else ""


if __name__ == "__main__":
    sys.exit(main())
