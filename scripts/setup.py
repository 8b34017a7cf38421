"""Make .venv, and install the locked packages and the course into it: in place, or from a wheel.

`make setup` runs this, and setup.sh where a course was given out with its wheel. Where there is no
make, run it with the Python you want to use. With --fits it only answers, by its exit status,
whether this Python will do. With --find-links FOLDER the packages come from there.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
UNFINISHED = VENV / ".unfinished"  # an interrupted set-up may leave half a package
HERE = sys.version_info[:2]
LINES = 15  # of what a command printed, where it failed for a reason that we do not know
LOCK = ROOT / "requirements.lock"
WHEEL = max(ROOT.glob("convbook-*.whl"), default=None)  # where the course was given out
SIZE = 100 if WHEEL else 250  # MB to download
NEEDED = 1_500_000_000  # bytes on the disk: what is downloaded, and what becomes of it

# What people wait for. Python compiles what these load, which a sandbox could not keep.
PROGRAMS = (
    "IPython.core.completer, IPython.core.interactiveshell, matplotlib.pyplot, "
    "ipykernel.kernelapp, jupyterlab.labapp, nbconvert.exporters, msgpack, nbgrader.apps, "
    "stack_data, pygments.formatters.terminal256, pygments.styles"
)
# What stands in the output of venv, pip or uv, and what to do about it.
REMEDIES = {
    r"No space left|Disk quota": "the disk is full: make room, 1.5 GB is enough",
    r"Permission denied|Read-only file": "a file cannot be written: whose folder is this?",
    r"DO NOT MATCH|[Hh]ash mismatch": "a package is not the one of requirements.lock: try later",
    r"name resolution|[Cc]onnection|[Tt]imed? ?out|dns error|sending request|versions: none": (
        "the packages cannot be downloaded: connect to the Internet"
    ),
}


class SetupError(Exception):
    """The set-up cannot go on; the text says why, and what to do where that is known."""


def supported():
    """The lowest minor version of Python 3 that will do, and the first that will not."""
    line = re.search(r"(?i)^requires-python.*3\..*", about_this_course(), re.M)[0]
    return tuple(int(re.search(sign + r"3\.(\d+)", line)[1]) for sign in (">=", "<"))


def about_this_course():
    """What the project says of itself, or the wheel."""
    if not WHEEL:
        return (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    with zipfile.ZipFile(WHEEL) as files:
        name = next(name for name in files.namelist() if name.endswith(".dist-info/METADATA"))
        return files.read(name).decode("utf-8")


def problem():
    """What keeps this Python from being used, or None."""
    low, high = supported()
    if not (3, low) <= HERE < (3, high):
        named = f"PYTHON=python3.{high - 1}"
        return (
            f"This course needs Python 3.{low} to 3.{high - 1}; {sys.executable}"
            f" is {sys.version.split()[0]}. Install one, or name it:"
            f" {f'{named} sh setup.sh' if WHEEL else f'make setup {named}'}"
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


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--fits", action="store_true")
    options.add_argument("--find-links", metavar="FOLDER", type=Path)
    args = options.parse_args()
    complaint = problem()
    if args.fits:
        return bool(complaint)
    if complaint:
        print(complaint, file=sys.stderr)
        return 1
    start = time.monotonic()
    try:
        make_venv()
        install(offline(args.find_links))
        compile_programs()
    except (SetupError, OSError) as error:
        print(f"Set-up stopped: {error}. Then run the same command again.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Set-up stopped. The same command goes on.", file=sys.stderr)
        return 130
    say(f"Set up in {time.monotonic() - start:.0f} s.")
    return 0


def say(text):
    print(text, flush=True)


def venv_works():
    """Whether .venv is there, finished, and of the same version as this Python."""
    probe = "import pip, sys; print(*sys.version_info[:2])"
    try:
        found = subprocess.run([VENV_PYTHON, "-c", probe], capture_output=True, text=True)
    except OSError:
        return False
    return not UNFINISHED.exists() and found.stdout.split() == [str(part) for part in HERE]


def make_venv():
    """Keep a .venv that works, or make one: there is none, or it is broken or another Python's."""
    version = sys.version.split()[0]
    if venv_works():
        return say(f"1/3 Keeping .venv (Python {version})")
    free = shutil.disk_usage(ROOT).free
    if free < NEEDED:
        raise SetupError(f"{free / 1e9:.1f} GB are free on this disk: make room, 1.5 GB is enough")
    say(f"1/3 Making .venv with Python {version} ({sys.executable})")
    if VENV.is_file() or VENV.is_symlink():
        VENV.unlink()
    run(sys.executable, "-m", "venv", "--clear", "--prompt", "convbook", VENV)


def offline(folder):
    """The options that have all packages come from a folder, where one is named."""
    if folder is None:
        return []
    if not folder.is_dir():
        raise SetupError(f"there is no folder {folder}")
    return ["--no-index", "--find-links", folder.resolve()]


def install(source):
    """Install the locked packages and the course, with uv where it can be had, else with pip."""
    UNFINISHED.touch()
    say(f"2/3 Installing the packages of requirements.lock (about {SIZE} MB, once)")
    installer = pip
    with tempfile.TemporaryDirectory() as scratch:  # where uv finds no settings of this project
        try:
            pip(*source, "--require-hashes", "-r", uv_alone(scratch), cwd=scratch)
            uv(*source, "--require-hashes", "-r", LOCK, cwd=scratch)
            installer = uv
        except SetupError as error:
            say(f"    without uv ({error}): pip takes longer")
            pip(*source, "--require-hashes", "-r", LOCK, cwd=scratch)
    if WHEEL:
        say("3/3 Installing the course into .venv")
        installer("--no-deps", "--force-reinstall", WHEEL, cwd=ROOT)
    else:
        say("3/3 Installing this course into .venv, in place")
        installer("--no-deps", "--no-build-isolation", "-e", ".", cwd=ROOT)
    UNFINISHED.unlink()


def uv_alone(scratch):
    """Write what the lock says of uv to a file of its own, and return that."""
    lines = re.search(r"^uv==.*\\\n(?: +--hash=.*\n)+", LOCK.read_text(encoding="utf-8"), re.M)
    listed = Path(scratch) / "uv.txt"
    listed.write_text(lines[0], encoding="utf-8")
    return listed


def uv(*args, cwd):
    run(VENV_PYTHON, "-m", "uv", "pip", "install", "--python", VENV_PYTHON, *args, cwd=cwd)


def pip(*args, cwd):
    options = ["-qq", "--disable-pip-version-check"]  # errors only
    run(VENV_PYTHON, "-m", "pip", "install", *options, *args, cwd=cwd)


def compile_programs():
    """Have Python compile what is needed first, whatever the environment says of keeping it."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run([VENV_PYTHON, "-c", f"import {PROGRAMS}"], env=env, capture_output=True)
    if not WHEEL:
        folders = ["autograder", "convbook"]
        subprocess.run([VENV_PYTHON, "-m", "compileall", "-q", *folders], cwd=ROOT)


def run(*command, cwd=ROOT):
    """Run a command; raise SetupError with what to do where it fails."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, errors="replace")
    if done.returncode == 0:
        return
    output = done.stdout + done.stderr
    for pattern, remedy in REMEDIES.items():
        if re.search(pattern, output):
            raise SetupError(remedy)
    print(*output.splitlines()[-LINES:], sep="\n", file=sys.stderr)
    raise SetupError("what is above says why; if nothing else helps, remove .venv")


if __name__ == "__main__":
    sys.exit(main())
