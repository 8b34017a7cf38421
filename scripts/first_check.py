"""Print how long a newcomer waits: `make lab` in a fresh clone to the first green check, and
`convbook lab` to an idle kernel.

    python scripts/first_check.py

A robot does the clicks in Chromium, as tests/browser does, and types the answer at once. Packages
come from the caches of uv and pip where they have them, so the time of a download is not in the
numbers.
"""

import os
import platform
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

import nbformat  # noqa: E402
from browsing import PATIENCE, run, write  # noqa: E402
from cells import named  # noqa: E402
from chromium import CHROMIUM, FLAGS  # noqa: E402
from playwright.sync_api import Browser, Page, expect, sync_playwright  # noqa: E402
from server import wait_for  # noqa: E402

from autograder.course import lessons  # noqa: E402

LESSON = "01_volumes"
TOKEN = "first-check"
IDLE = "Python 3 (ipykernel) | Idle"


def main() -> int:
    """Measure both in a fresh clone, and print them."""
    if CHROMIUM is None:
        print("Not run: this needs Chromium.", file=sys.stderr)
        return 2
    expect.set_options(timeout=PATIENCE)
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        clone = Path(folder) / "course"
        subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        cores = len(os.sched_getaffinity(0))
        print(
            f"{platform.system()}, {cores} cores, load {load:.1f}, Python {sys.version.split()[0]}"
        )
        with started(["make", "lab"], clone) as (address, seconds):
            print(f"make lab to a JupyterLab that answers   {seconds():6.1f} s", flush=True)
            page = opened(browser, address)
            print(f"         to the first lesson, kernel idle {seconds():5.1f} s", flush=True)
            first_check(page)
            print(f"         to the first green check       {seconds():6.1f} s", flush=True)
            page.close()
        with started([clone / ".venv" / "bin" / "convbook", "lab"], clone) as (address, seconds):
            opened(browser, address)
            print(f"convbook lab to an idle kernel          {seconds():6.1f} s", flush=True)
        browser.close()
    return 0


@contextmanager
def started(command: list, clone: Path) -> Iterator[tuple]:
    """Start a JupyterLab; yield its address once it answers, and a clock since the start."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = os.environ | {"JUPYTER_PORT": str(port), "JUPYTER_TOKEN": TOKEN, "BROWSER": "true"}
    env["HOME"] = str(clone.parent)
    env["PIP_CACHE_DIR"] = asked("pip", "cache", "dir")
    env["UV_CACHE_DIR"] = asked("uv", "cache", "dir")
    start = time.monotonic()
    process = subprocess.Popen(command, cwd=clone, env=env, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    try:
        wait_for(f"http://127.0.0.1:{port}/api", tries=1800)
        yield f"http://127.0.0.1:{port}", lambda: time.monotonic() - start
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=60)


def asked(*words: str) -> str:
    """Return what a module of Python says: where it keeps what it has downloaded."""
    command = [sys.executable, "-m", *words]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def opened(browser: Browser, address: str) -> Page:
    """Go from the home page to the first lesson, and wait for its kernel."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(PATIENCE)
    page.goto(f"{address}/lab?token={TOKEN}")
    page.locator(".convbook").get_by_role("link").nth(1).click()
    page.locator(".jp-Notebook").wait_for()
    expect(page.get_by_text(IDLE)).to_be_visible()
    return page


def first_check(page: Page) -> None:
    """Write the first answer of the lesson, and run its check until it is green."""
    lesson = lessons()[LESSON]
    name = lesson.exercises[0]
    answer = named(nbformat.from_dict(lesson.notebook), name).source
    run(page, "import numpy as np")
    write(page, f"def {name}", re.sub(r"^ *### .*\n?", "", answer, flags=re.MULTILINE))
    check = named(lesson.released, f"check-{name}").source.split("\n")[0]
    expect(run(page, check).locator(".jp-OutputArea")).to_contain_text("Passed")


if __name__ == "__main__":
    sys.exit(main())
