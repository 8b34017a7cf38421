"""Code that takes more than its share, breaks processes, or stays when it should be gone.

Where the exercise `scale` does it, its points are lost and no others. Where a cell of the
student's own does it, nothing is lost: every answer is right.
"""

from attacks.case import Case, cells
from attacks.target import FULL, SCALE


def in_call(name: str, tries: str, body: str, *names: str, honest: float = FULL - SCALE) -> Case:
    """A call of scale that does it."""
    lines = "".join(f"    {line}\n" for line in body.strip().split("\n"))
    source = f"def scale(x, a):\n{lines}    return x"
    return Case("resources", name, tries, cells(scale=source), honest, names)


def in_cell(name: str, tries: str, source: str, *names: str) -> Case:
    """A cell of its own that does it."""
    return Case("resources", name, tries, cells(first=source), FULL, names)


STUBBORN = """
import signal
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM):
    signal.signal(number, signal.SIG_IGN)
while True:
    try:
        while True: pass
    except BaseException: pass
"""
HOARD = """
kept = []
while len(kept) < 200: kept.append(np.zeros(50 << 17))
"""
FORKS = """
import os, time
for _ in range(200):
    if os.fork() == 0:
        time.sleep(60)
        os._exit(0)
"""
BOMB = """
import os
while True: os.fork()
"""
THREADS = """
import threading, time
for _ in range(200): threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
"""
DAEMON = """
import os, signal, time
if os.fork() == 0:
    os.setsid()
    for number in (signal.SIGHUP, signal.SIGTERM): signal.signal(number, signal.SIG_IGN)
    if os.fork() == 0:
        os.closerange(0, 100)
        time.sleep(300)
    os._exit(0)
"""
PROGRAM = """
import subprocess, sys
try: subprocess.Popen(["sleep", "300"], start_new_session=True)
except OSError as error: print(error)
"""
DISK = """
for number in range(12): open(f"/tmp/left-by-attack-{number}", "wb").write(bytes(6 << 20))
"""
FILES = """
for number in range(3000): open(f"/tmp/left-by-attack-{number}", "wb").close()
"""
BUSY = """
import threading
def burn():
    while True: sum(range(1000))
for _ in range(3): threading.Thread(target=burn, daemon=True).start()
"""
PARENTS = """
import os, signal
for pid in {os.getppid(), *range(2, os.getpid())}:
    try: os.kill(pid, signal.SIGKILL)
    except OSError as error: print(error)
"""
DEEP = """
import sys
sys.setrecursionlimit(10 ** 9)
def down(n): return [down(n + 1)]
down(0)
"""
EXIT_HANG = """
import atexit, time
atexit.register(time.sleep, 600)
class Slow:
    def __del__(self): time.sleep(600)
kept = Slow()
"""
# Whole numbers with one hash: in a set each is compared with all others.
ALIKE = "[n * (2 ** 61 - 1) for n in range({})]"
# The process finds its channels, and writes to them itself what no set of its own could hold.
SEND_SET = f"""
import os, socket, stat, struct
from autograder.airlock import packing, wire
numbers = [packing.encode(n)[0] for n in {ALIKE.format(260_000)}]
body = b"\\xdd" + struct.pack(">I", len(numbers) + 1) + bytes([packing.SET]) + b"".join(numbers)
body = b"\\x93\\x00\\x01" + body
for number in range(3, 40):
    try:
        if stat.S_ISSOCK(os.fstat(number).st_mode):
            channel = socket.socket(fileno=os.dup(number))
            channel.settimeout(0.5)
            channel.sendall(wire.HEAD.pack(wire.MAGIC, len(body), 0) + body)
    except OSError: pass
"""
REGEX = 'import re\nre.match("(a+)+$", "a" * 40 + "b")'
# nbgrader's own words count too.
NO_ANSWER = ("gave no answer within 1.5 s", "CellTimeoutError")
CELL = ("limit met: 2.5 s for a cell", "CellTimeoutError")
PROCESSES = "limit met: 16 processes"

CASES = [
    in_call("loop in a call", "never returns", "while True: pass", *NO_ANSWER),
    in_call("sleep in a call", "sleeps for an hour", "import time; time.sleep(3600)", *NO_ANSWER),
    in_call("stubborn loop", "loops on through every interrupt", STUBBORN, *NO_ANSWER),
    in_call("loop in C", "a power that takes for ever", "a = 9 ** 9 ** 9", *NO_ANSWER),
    in_call("regular expression", "one that takes for ever", REGEX, *NO_ANSWER),
    in_cell("loop in a cell", "never gets to the exercises", "while True: pass", *CELL),
    in_cell("waits for input", "asks for input", "try: input('name?')\nexcept BaseException: pass"),
    in_call("memory at once", "2 GiB", "np.empty(1 << 28)[0]", "1024 MiB of memory"),
    in_call("memory in pieces", "10 GB, bit by bit", HOARD, "1024 MiB of memory"),
    in_call("recursion", "calls itself for ever", "return scale(x, a)", "RecursionError"),
    in_call("deep recursion", "the same without Python's limit", DEEP),
    in_call("crash", "reads address 0", "import ctypes; ctypes.string_at(0)", "crashed"),
    in_call("exit in a call", "ends its process", "import os; os._exit(0)", "ended"),
    in_cell("exit in a cell", "ends its process", "import os; os._exit(0)", "ended itself"),
    in_cell("sys.exit", "raises SystemExit", "import sys; sys.exit(0)"),
    in_cell("kill the parents", "kills the grader's processes", PARENTS),
    in_cell(
        "kill everything", "kills all it may", "import os, signal; os.kill(-1, signal.SIGKILL)"
    ),
    in_cell(
        "stop the parent",
        "freezes the grader",
        "import os, signal\ntry: os.kill(os.getppid(), signal.SIGSTOP)\n"
        "except OSError as error: print(error)",
    ),
    in_call("processes", "starts 200 processes", FORKS, PROCESSES),
    in_call("fork bomb", "doubles for ever", BOMB, PROCESSES, *NO_ANSWER),
    in_call("threads", "starts 200 threads", THREADS, PROCESSES),
    in_cell("daemon", "leaves a process behind that nobody asked for", DAEMON),
    in_cell("program", "leaves a program running", PROGRAM),
    in_cell("busy threads", "threads that burn time during the checks", BUSY),
    in_cell("hang at the end", "sleeps when its process ends", EXIT_HANG),
    in_cell("alarm", "an alarm ends the process", "import signal; signal.alarm(1)"),
    in_call("disk", "72 MB of files", DISK, "16 MiB or 512 files on disk"),
    in_call("many files", "3000 files", FILES, "16 MiB or 512 files on disk"),
    in_call(
        "one large file",
        "20 MiB",
        "open('/tmp/left-by-attack', 'wb').write(bytes(20 << 20))",
        "8 MiB for one file",
    ),
    in_call(
        "open files",
        "2000 descriptors",
        "import os\nkept = [os.dup(0) for _ in range(2000)]",
        "open files",
    ),
    in_cell(
        "output flood",
        "prints 20 MB",
        "for _ in range(20_000): print('x' * 1000)",
        "output is left out",
        "truncated",
    ),
    in_cell(
        "display flood",
        "shows 3000 things",
        "for n in range(3000): display(n)",
        "output is left out",
        "truncated",
    ),
    in_call(
        "print flood in a call",
        "prints 20 MB in a check",
        "for _ in range(200): print('x' * 100_000)\nreturn x * a",
        honest=FULL,
    ),
    in_call("large answer", "returns 320 MB", "return np.zeros(4 * 10**7)", "256 MiB of them"),
    in_cell("set to the grader", "sends a set of 260,000 numbers with one hash", SEND_SET),
    in_call(
        "set to the checker",
        "the same in a call",
        f"{SEND_SET.strip()}\nreturn x * a",
    ),
    in_call(
        "numbers with one hash",
        "returns a set of 2000",
        f"return set({ALIKE.format(2000)})",
        "at most 16 keys",
    ),
    in_call(
        "tuples with one hash",
        "returns a dict with 2000 as its keys",
        f"return {{(1, (n, 'x')): n for n in {ALIKE.format(2000)}}}",
        "at most 16 keys",
    ),
    in_call(
        "complex numbers with one hash",
        "returns a set of 2000",
        "return {complex(-1000003 * n, n) for n in range(2000)}",
        "at most 16 keys",
    ),
    in_call(
        "very large number", "one of 9000 digits, as the answer", "return 1 << 30_000", "scale"
    ),
    in_call("many items", "a list of 300,000", "return [0] * 300_000", "more than 262144 items"),
]
