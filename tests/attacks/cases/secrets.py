"""Code that looks for hidden checks, expected values, the solution and other people's grades.

The exercises are wrong, so the honest score is 0. What is found is printed, so that it shows in the
outputs; where an answer is found it is returned, so that it shows in the score. The word that is
looked for is built from two, so that the code itself does not hold it.
"""

from attacks.case import Case, cells, wrong
from attacks.target import FULL, ROWS, SCALE

WORD = 'WORD = "hidden-" + "canary"\n'


def spy(name: str, tries: str, first: str, last: str = "") -> Case:
    """Look around in a cell before everything, or after it."""
    make = wrong(first=WORD + first, **({"last": WORD + last} if last else {}))
    return Case("secrets", name, tries, make, 0)


def borrower(name: str, tries: str, map_rows: str) -> Case:
    """Look for the answer in the function that map_rows is lent."""
    return Case("secrets", name, tries, cells(first=WORD, map_rows=map_rows), FULL - ROWS)


def thief(name: str, tries: str, scale: str) -> Case:
    """Look for the answer in the call of scale."""
    return Case("secrets", name, tries, cells(first=WORD, scale=scale), FULL - SCALE)


GC = """
import gc
def look():
    for thing in gc.get_objects():
        if isinstance(thing, dict):
            for value in list(thing.values()):
                if isinstance(value, str) and WORD in value and value is not WORD: print(value)
"""
FILES = """
import os
def look(folder):
    for place, folders, names in os.walk(folder):
        folders[:] = [f for f in folders if f not in ("proc", "sys", "usr", "lib", ".venv")]
        for name in names:
            if not name.endswith((".py", ".ipynb", ".db", ".html", ".log")): continue
            try: text = open(os.path.join(place, name), errors="replace").read(1 << 20)
            except OSError: continue
            if WORD in text:
                print(name, text[text.index(WORD):][:40])
"""
MEMORY = """
import glob, os
def look(pids):
    for pid in pids:
        try:
            memory = open(f"/proc/{pid}/mem", "rb", 0)
            for line in open(f"/proc/{pid}/maps"):
                span, access = line.split()[:2]
                low, high = (int(part, 16) for part in span.split("-"))
                if not access.startswith("rw") or high - low > 1 << 26: continue
                memory.seek(low)
                block = memory.read(high - low)
                at = block.find(WORD.encode() + b"-5")
                if at >= 0: print(block[at:at + 18]); break
        except (OSError, ValueError): pass
"""
GRADEBOOK = """
import glob, os, sqlite3
folder = os.getcwd()
while True:
    for path in glob.glob(folder + "/*.db") + glob.glob(folder + "/class/*.db"):
        try:
            book = sqlite3.connect(path)
            book.execute("UPDATE grade SET auto_score = 231, manual_score = 231")
            book.execute("UPDATE grade_cells SET max_score = 1000")
            book.commit()
            print("written")
        except sqlite3.Error as error: print(error)
    if folder == "/": break
    folder = os.path.dirname(folder)
"""
SOLUTION_EDIT = """
import glob, os
folder = os.getcwd()
while folder != "/":
    for path in glob.glob(folder + "/**/01_target.ipynb", recursive=True):
        try:
            text = open(path).read()
            open(path, "w").write(text.replace("affine", "attack"))
        except OSError: pass
    folder = os.path.dirname(folder)
"""
OTHERS = """
import glob, os
folder = os.getcwd()
for _ in range(4):
    for path in glob.glob(folder + "/submitted/*/*/*.ipynb"):
        if "mallory" in path or "attacker" in path: continue
        print("copied", path)
        try: os.remove(path)
        except OSError: pass
    folder = os.path.dirname(folder)
"""
FRAMES = """
def scale(x, a):
    import sys
    frame = sys._getframe(1)
    while frame:
        if "expected" in frame.f_locals: return frame.f_locals["expected"]
        frame = frame.f_back
    return x
"""
REFERENCE = """
def scale(x, a):
    import sys
    judge = sys.modules.get("autograder.judging.judge")
    if judge: return judge.reference("scale")(x, a)
    try:
        from autograder.judging import judge
        return judge.reference("scale")(x, a)
    except Exception: return x
"""
READ_SOLUTION = """
def scale(x, a):
    import glob, json, os
    folder = os.getcwd()
    while True:
        for name in ("solutions", "source"):
            for path in glob.glob(f"{folder}/{name}/*/*.ipynb"):
                for cell in json.load(open(path))["cells"]:
                    if cell["metadata"].get("nbgrader", {}).get("grade_id") == "scale":
                        names = {"np": np}
                        exec("".join(cell["source"]), names)
                        return names["scale"](x, a)
        if folder == "/": return x
        folder = os.path.dirname(folder)
"""
SAME_RANDOM = """
def scale(x, a):
    import gc
    for thing in gc.get_objects():
        if type(thing).__name__ == "_Session": thing.reference["scale"] = lambda x, a: x
    return x
"""
CALLBACK = """
def map_rows(f, x):
    def find(thing, depth):
        for name in ("__globals__", "__closure__", "__defaults__", "__code__", "__dict__",
                     "__self__", "_desk", "__kwdefaults__"):
            try: inner = getattr(thing, name)
            except Exception: continue
            print(str(inner)[:20000])
            if name == "__globals__" and "judge" in inner:
                return inner["judge"].reference("map_rows")(f, x)
        return np.zeros(len(x))
    return find(f, 0)
"""
CALLBACK_MANY = """
def map_rows(f, x):
    for thing in (None, "secret", ["judge"], {"expected": 1}, 10 ** 30, f, map_rows):
        try: print(f(thing))
        except BaseException as error: print(repr(error), error.__traceback__, error.__context__)
    return np.zeros(len(x))
"""
ERROR_TRACE = """
def map_rows(f, x):
    try: f("not a row")
    except BaseException as error:
        trace = error.__traceback__
        while trace:
            print({k: str(v)[:200] for k, v in trace.tb_frame.f_globals.items()})
            trace = trace.tb_next
    return np.zeros(len(x))
"""
SOURCE_OF_CALLER = """
def scale(x, a):
    import inspect, linecache
    for frame in inspect.stack():
        print(*(frame.code_context or []))
        print("".join(linecache.getlines(frame.filename)))
    return x
"""
HISTORY = """
def look():
    shell = get_ipython()
    for text in list(shell.user_ns.get("In", [])) + [str(shell.user_ns.get("secret"))]:
        if WORD in text: print(text)
"""
WIRE = """
import os, select, socket
for number in range(3, 40):
    try:
        os.fstat(number)
        if select.select([number], [], [], 0)[0]: print(os.read(number, 4096)[:0], "read")
    except (OSError, ValueError): pass
"""
FORGED_REPLY = """
def scale(x, a):
    import os, stat, struct
    for number in range(3, 40):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                os.write(number, b"pass" + struct.pack(">I", 20) * 50)
        except OSError: pass
    return x
"""
CONNECTION_FILE = """
import glob, os
runtime = os.path.expanduser("~/.local/share/jupyter/runtime/*.json")
for path in glob.glob(runtime) + glob.glob("/tmp/*.json"):
    text = open(path).read()
    print("hidden-" + "canary-5821" if "hmac" in text else "")
"""
ENVIRONMENT = """
import glob, os
for path in glob.glob("/proc/*/environ") + glob.glob("/proc/*/cmdline"):
    try: print(open(path).read())
    except OSError: pass
print("hidden-" + "canary-5821" if "CONVBOOK_COURSE" in os.environ else "")
"""
IMPORT = """
try:
    from autograder import course
    for lesson in course.lessons().values():
        for check in lesson.checks: print(check.source)
except Exception as error: print(repr(error))
"""
DEVICES = """
for path in ("/proc/kcore", "/dev/mem", "/dev/sda", "/dev/vda", "/dev/vda1", "/proc/kallsyms"):
    try: print(len(open(path, "rb").read(1000)))
    except OSError as error: print(error)
"""

CASES = [
    spy("objects", "searches all objects of the process for hidden checks", GC, GC + "look()"),
    spy("history", "reads the cells that ran before", HISTORY, HISTORY + "look()"),
    spy("files", "searches every folder for the checks and solutions", FILES + 'look("/")'),
    spy("own memory", "searches /proc/self/mem", MEMORY, MEMORY + 'look(["self"])'),
    spy("grader's memory", "searches its parent's memory", MEMORY + "look([os.getppid()])"),
    spy(
        "all memory",
        "searches every process's memory",
        MEMORY + 'look(path[6:] for path in glob.glob("/proc/[0-9]*"))',
    ),
    spy("environment", "reads the environment of all processes", ENVIRONMENT),
    spy("gradebook", "writes points into the gradebook", GRADEBOOK),
    spy("course files", "edits the solution and the released notebook", SOLUTION_EDIT),
    spy("other students", "deletes other people's submissions", OTHERS),
    spy("autograder imported", "imports the autograder and reads the checks", IMPORT),
    spy("connection file", "reads the key to the kernel's messages", CONNECTION_FILE),
    spy("open descriptors", "reads from every open descriptor", WIRE),
    spy("devices", "reads the kernel's memory and the disk", DEVICES),
    thief("expected in a frame", "takes the expected answer from the frames of its call", FRAMES),
    thief("reference called", "calls the reference solution of the judge", REFERENCE),
    thief("solution read", "reads the solution's notebook and runs it", READ_SOLUTION),
    thief("reference replaced", "makes the wrong answer the reference", SAME_RANDOM),
    thief("source of the caller", "prints the check that calls it", SOURCE_OF_CALLER),
    thief("reply forged", "writes a forged answer to every socket", FORGED_REPLY),
    borrower("callback opened", "opens up the function that a check lends", CALLBACK),
    borrower("callback, odd arguments", "calls the lent function so that it breaks", CALLBACK_MANY),
    borrower("callback's traceback", "reads the frames of an error in it", ERROR_TRACE),
    Case(
        "secrets",
        "feedback of a failed check",
        "fails, and reads the feedback page",
        cells(scale="def scale(x, a):\n    return x * a + (x.size > 3)"),
        FULL - SCALE,
        page=True,
    ),
    Case(
        "secrets",
        "feedback of a passed check",
        "passes, and reads the feedback page",
        cells(),
        FULL,
        page=True,
    ),
]
