"""Run nbgrader on one case in a guard and say what was found. Runs there only."""

import contextlib
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from facts import Facts, Listeners, changes, left_files, snapshot
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps import AutogradeApp, GenerateAssignmentApp, GenerateFeedbackApp
from nbgrader.plugins.zipcollect import ExtractorPlugin

APPS = {
    "generate_assignment": GenerateAssignmentApp,
    "autograde": AutogradeApp,
    "generate_feedback": GenerateFeedbackApp,
}
SCRATCH = Path("/scratch")
COURSE = SCRATCH / "course"
LOG = Path("/tmp/nbgrader.log")  # not where an archive may fill the disk
UID = int(os.environ["ATTACKS_UID"])
ATTACKER, NEXT, BEFORE = "mallory", "zoe", "ada"
NEXT_HONEST, BEFORE_HONEST = 10.0, 20.0
# Not nbgrader's: they keep an attack from harming the machine.
LIMITS = {
    "RLIMIT_AS": 3 << 30,
    "RLIMIT_NPROC": 60,
    "RLIMIT_FSIZE": 64 << 20,
    "RLIMIT_CPU": 60,
    "RLIMIT_CORE": 0,
}
# What nbgrader is expected to write, and what Python, Jupyter and Matplotlib keep at home.
OWN = re.compile(
    r"^(course/(autograded|feedback|release|gradebook\.db|\.nbgrader\.log)"
    r"|home/\.(cache|config/matplotlib|local/share/jupyter/(runtime|nbsignatures)|jupyter/migrated"
    r"|ipython/profile_default/startup/README$))"
)


def grade(request: dict[str, Any]) -> str:
    """Grade what was handed in, and look around afterwards.

    Args:
        request: given, the folder to start from; lesson; left, the name of files that a case may
            leave; places, where nobody should call; page, whether to write the feedback page.

    Returns:
        Facts as JSON.
    """
    subprocess.run(["cp", "-a", request["given"], COURSE], check=True)  # links, pipes and all
    (SCRATCH / "home").mkdir()
    own(SCRATCH)
    lesson = request["lesson"]
    if request.get("prepare"):
        nbgrader("generate_assignment", lesson)
        nbgrader("autograde", lesson)
        book = (COURSE / "gradebook.db").read_bytes()
        return json.dumps({"book": book.hex(), "score": score(BEFORE, lesson), "log": read_log()})
    facts = Facts()
    extract(COURSE / "submitted" / ATTACKER / lesson, f"{lesson}.ipynb", facts)
    attacker = COURSE / "submitted" / ATTACKER
    before = seen(attacker)
    tcp, udp, abstract = request["places"]
    with Listeners(int(tcp), int(udp), abstract) as listeners:
        nbgrader("autograde", lesson)
        if request["page"]:
            nbgrader("generate_feedback", lesson)
        time.sleep(0.5)  # for a kernel that is on its way out
        facts.faults += listeners.heard()
    facts.faults += left_running() + left_files(request["left"])
    facts.faults += changes(before, seen(attacker), SCRATCH)
    with contextlib.suppress(Exception):
        read_results(facts, lesson)
    facts.score = score(ATTACKER, lesson)
    facts.why = [line for line in read_log().splitlines() if "ERROR" in line]
    if score(BEFORE, lesson) != BEFORE_HONEST:
        facts.faults.append("another student's grade was changed")
    if score(NEXT, lesson) != NEXT_HONEST:
        after = score(NEXT, lesson)
        facts.faults.append(
            "the next student got " + ("no grade" if after is None else f"{after:g}")
        )
    return json.dumps(facts.to_dict())


def nbgrader(command: str, lesson: str) -> None:
    """Run one of nbgrader's commands in a process of its own."""
    child = os.fork()
    if child == 0:
        try:
            os.setsid()
            os.chdir(COURSE)
            log = os.open(LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            for number in (1, 2):
                os.dup2(log, number)
            os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
            os.closerange(3, 100)
            become_nobody()
            sys.argv = ["nbgrader"]
            APPS[command].launch_instance([lesson])
        finally:
            os._exit(0)
    os.waitpid(child, 0)


def own(folder: Path) -> None:
    """Give a folder and what is in it to the user who grades."""
    for place, _, names in os.walk(folder):
        for path in (place, *(os.path.join(place, name) for name in names)):
            os.chown(path, UID, UID, follow_symlinks=False)


def become_nobody() -> None:
    """Become that user, who owns nothing else, with limits."""
    os.setgroups([])
    os.setresgid(UID, UID, UID)
    os.setresuid(UID, UID, UID)
    for name, value in LIMITS.items():
        resource.setrlimit(getattr(resource, name), (value, value))


def read_log() -> str:
    return LOG.read_text(errors="replace") if LOG.exists() else ""


def extract(folder: Path, name: str, facts: Facts) -> None:
    """Unpack archives as `nbgrader zip_collect` does, and take the notebook out of what comes."""
    endings = (".zip", ".gz", ".tgz", ".tar")
    if not any(path.name.lower().endswith(endings) for path in folder.iterdir()):
        return
    before = seen(folder)
    packed = SCRATCH / "packed"
    shutil.move(folder, packed)
    folder.mkdir()
    own(folder)
    unpack(packed, folder)
    facts.faults += changes(before, seen(folder, packed), SCRATCH)
    if shutil.disk_usage(SCRATCH).free < 1 << 20:
        facts.faults.append("the disk was filled")
    for path in list(folder.rglob(name))[:1]:
        if path.parent != folder:
            shutil.move(path, folder / path.name)


def unpack(packed: Path, folder: Path) -> None:
    """Unpack in a process of its own. An error is a way to refuse; it goes into the log."""
    child = os.fork()
    if child == 0:
        try:
            become_nobody()
            ExtractorPlugin().extract(str(packed), str(folder))
        except BaseException as error:
            LOG.write_text(f"ERROR unpacking: {' '.join(str(error).split())[:200]}\n")
        os._exit(0)
    os.waitpid(child, 0)


def seen(*less: Path) -> dict[str, str]:
    """Return hashes of all files that nobody but the grader should change."""
    return {
        path: value
        for path, value in snapshot(SCRATCH).items()
        if not OWN.match(str(Path(path).relative_to(SCRATCH)))
        and not any(Path(path).is_relative_to(folder) for folder in less)
    }


def left_running() -> list[str]:
    """Count the processes besides this one, and end them."""
    extra = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            state = (folder / "stat").read_text().rsplit(")", 1)[1].split()[0]
            if int(folder.name) != os.getpid() and state not in "ZX":
                extra.append(int(folder.name))
    for number in extra:
        with contextlib.suppress(OSError):
            os.kill(number, signal.SIGKILL)
    return [f"{len(extra)} processes were left running"] if extra else []


def read_results(facts: Facts, lesson: str) -> None:
    page = COURSE / "feedback" / ATTACKER / lesson / f"{lesson}.html"
    if page.exists():
        facts.page = page.read_text(encoding="utf-8", errors="replace")
    graded = COURSE / "autograded" / ATTACKER / lesson / f"{lesson}.ipynb"
    if graded.exists():
        book = json.loads(graded.read_text(encoding="utf-8"))
        facts.said = json.dumps([cell.get("outputs", []) for cell in book["cells"]])


def score(student: str, lesson: str) -> float | None:
    """Return a student's score as the gradebook has it, None where a check is not settled."""
    try:
        with Gradebook(f"sqlite:///{COURSE / 'gradebook.db'}", "target") as book:
            submission = book.find_submission(lesson, student)
            grades = [grade for part in submission.notebooks for grade in part.grades]
            if not grades or any(g.needs_manual_grade or g.auto_score is None for g in grades):
                return None
            return float(submission.score)
    except MissingEntry:
        return None
    except Exception:  # an attack may have broken the gradebook itself
        return None
