"""Make .venv, and install the locked packages and this project into it.

`make setup` runs this; where there is no make, run it with the Python you want to use.
With --fits it only answers, by its exit status, whether this Python will do.
"""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
HERE = sys.version_info[:2]


def supported():
    """The lowest minor version of Python 3 that will do, and the first that will not."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    low, high = re.search(r'requires-python = ">=3\.(\d+),<3\.(\d+)"', text).groups()
    return int(low), int(high)


def problem():
    """What keeps this Python from being used, or None."""
    low, high = supported()
    if not (3, low) <= HERE < (3, high):
        return (
            f"This course needs Python 3.{low} to 3.{high - 1}; {sys.executable}"
            f" is {sys.version.split()[0]}. Install one, or name it:"
            f" make setup PYTHON=python3.{high - 1}"
        )
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        return (
            f"{sys.executable} cannot make virtual environments. On Debian and Ubuntu:"
            f" sudo apt install python3.{HERE[1]}-venv"
        )
    return None


def venv_works():
    """Whether .venv is there, whole, and of the same version as this Python."""
    probe = "import pip, sys; print(*sys.version_info[:2])"
    try:
        found = subprocess.run([VENV_PYTHON, "-c", probe], capture_output=True, text=True)
    except OSError:
        return False
    return found.stdout.split() == [str(part) for part in HERE]


def pip_install(*args):
    options = ["-qq", "--disable-pip-version-check"]  # errors only
    subprocess.run([VENV_PYTHON, "-m", "pip", "install", *options, *args], cwd=ROOT, check=True)


def main():
    complaint = problem()
    if "--fits" in sys.argv:
        return bool(complaint)
    if complaint:
        print(complaint, file=sys.stderr)
        return 1

    def say(text):
        print(text, flush=True)

    start = time.monotonic()
    try:
        if not venv_works():
            say(f"1/3 Making .venv with Python {sys.version.split()[0]} ({sys.executable})")
            new = [sys.executable, "-m", "venv", "--clear", "--prompt", "convbook", VENV]
            subprocess.run(new, check=True)
        else:
            say(f"1/3 Keeping .venv (Python {sys.version.split()[0]})")
        say("2/3 Installing the packages of requirements.lock (about 250 MB, once)")
        pip_install("--require-hashes", "-r", "requirements.lock")
        say("3/3 Installing this course into .venv, in place")
        pip_install("--no-deps", "--no-build-isolation", "-e", ".")
        # What runs in a sandbox cannot keep what it compiles.
        subprocess.run([VENV_PYTHON, "-m", "compileall", "-q", "autograder", "convbook"], cwd=ROOT)
    except subprocess.CalledProcessError as error:
        print(f"Set-up stopped (the reason is above, status {error.returncode}).", file=sys.stderr)
        return 1
    say(f"Set up in {time.monotonic() - start:.0f} s.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
