"""Answers that are no plain arrays, and things left behind for whoever is graded next."""

from attacks.case import Case, cells, wrong
from attacks.target import FULL, SCALE

SETUP = """
import builtins, os, sys
def leave(path, text):
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        open(path, "w").write(text)
    except OSError as error: print(error)
"""
PATCH = (
    "import sys\\n"
    "class Finder:\\n"
    "    def find_spec(self, name, *rest):\\n"
    "        if name == 'convbook.check': raise SystemExit\\n"
    "sys.meta_path.insert(0, Finder())\\n"
)


def odd(name: str, tries: str, body: str) -> Case:
    """Return something odd from scale."""
    lines = "".join(f"    {line}\n" for line in body.strip().split("\n"))
    return Case("tampering", name, tries, cells(scale=f"def scale(x, a):\n{lines}"), FULL - SCALE)


def poison(name: str, tries: str, source: str) -> Case:
    """Leave something for the next student, or for the grader itself."""
    return Case("tampering", name, tries, wrong(first=SETUP + source), 0)


DEEP_LIST = """
deep = []
for _ in range(100_000): deep = [deep]
return deep
"""
RAISING = """
class Raising:
    def __getattribute__(self, name): raise SystemExit
    def __del__(self): raise SystemExit
    def __reduce__(self): raise KeyboardInterrupt
return Raising()
"""
MEMMAP = """
import tempfile
file = tempfile.TemporaryFile()
file.write(bytes(8 * np.size(x))); file.flush()
return np.memmap(file, dtype=float, shape=np.shape(x))
"""
CYCLE = "loop = []\nloop.append(loop)\nreturn loop"
STRUCTURED = "return np.zeros(np.shape(x), dtype=[('a', float), ('b', object)])"
OBJECTS = """
class Same:
    def __eq__(self, other): return True
    def __sub__(self, other): return 0.0
    def __float__(self): return 0.0
return np.array([Same() for _ in range(np.size(x))], dtype=object).reshape(np.shape(x))
"""
STRIDES = "return np.lib.stride_tricks.as_strided(np.zeros(1), (10 ** 9, 10 ** 6), (0, 0))"
ERROR = """
class Odd(Exception):
    def __str__(self): raise SystemExit
    __repr__ = __str__
raise Odd
"""
PASSING_ERROR = """
from convbook import check
class NotYet(check.NotYet):
    def __str__(self): return ""
raise NotYet("passed 20 / 20")
"""
HOME = 'home = os.path.expanduser("~")\n'

ALIKE = "(2 ** 61 - 1)"  # Python takes the hash of an integer modulo this
# What a cell sends by itself over every socket that it finds open, in the form of an answer.
SENT = f"""
import os, socket, struct
try:
    import msgpack
    alike = [[7, (i * {ALIKE}).to_bytes(12, "little")] for i in range(200_000)]
    body = msgpack.packb([0, 1, [3, *alike]])
    for number in range(3, 64):
        try: os.write(number, struct.pack("<4sII", b"ALK2", len(body), 0) + body)
        except OSError: pass
except Exception as error: print(error)
"""

CASES = [
    odd(
        "set of one hash",
        "a set of integers that all have one hash",
        f"return set(i * {ALIKE} for i in range(4000))",
    ),
    odd(
        "dict of one hash",
        "a dict whose keys all have one hash",
        f"return dict.fromkeys([i * {ALIKE} for i in range(4000)])",
    ),
    odd(
        "tuples of one hash",
        "a set of tuples that all have one hash",
        "import itertools\nreturn set(itertools.product((-1, -2), repeat=12))",
    ),
    Case(
        "tampering",
        "frames of one hash",
        "sends sets of one hash over every open socket",
        wrong(first=SENT),
        0,
        seconds=60,
    ),
    odd("NaN", "returns NaN", "return x * np.nan"),
    odd("nothing", "returns an array of no numbers", "return np.zeros((0,) + np.shape(x))"),
    odd("broadcast", "returns one number for all", "return np.asarray(0.0)"),
    odd("infinite", "returns infinity", "return x * np.inf"),
    odd("objects in an array", "an array of objects that equal everything", OBJECTS),
    odd("masked", "returns a masked array", "return np.ma.masked_all(np.shape(x))"),
    odd("structured", "returns an array of records", STRUCTURED),
    odd("memory map", "returns a memory map", MEMMAP),
    odd("strides", "returns an array of 10**15 numbers that takes 8 bytes", STRIDES),
    odd("generator", "returns a generator", "return (v for v in x)"),
    odd("huge range", "returns range(10**18)", "return range(10 ** 18)"),
    odd("huge integer", "returns an integer of 100,000 digits", "return 10 ** 100_000"),
    odd("deep list", "returns a list 100,000 deep", DEEP_LIST),
    odd("cycle", "returns a list that holds itself", CYCLE),
    odd("handle that raises", "returns an object whose every attribute exits", RAISING),
    odd("odd exception", "raises an exception that cannot be shown", ERROR),
    odd("passing exception", "raises a subclass of the check's own exception", PASSING_ERROR),
    poison(
        "IPython startup",
        "leaves a startup file in ~/.ipython",
        HOME + f'leave(home + "/.ipython/profile_default/startup/00-a.py", "{PATCH}")',
    ),
    poison(
        "kernel replaced",
        "leaves a kernel of its own in ~/.local",
        HOME + 'leave(home + "/.local/share/jupyter/kernels/python3/kernel.json", \'{"argv": '
        '["false"], "display_name": "Python 3", "language": "python"}\')',
    ),
    poison(
        "Jupyter configuration",
        "leaves a configuration in ~/.jupyter",
        HOME + 'leave(home + "/.jupyter/nbgrader_config.py", "c = get_config()\\n'
        'c.ClearSolutions.code_stub = {}\\nraise SystemExit\\n")',
    ),
    poison(
        "course configuration",
        "rewrites nbgrader_config.py above its folder",
        "folder = os.getcwd()\nwhile folder != '/':\n"
        "    if os.path.exists(folder + '/nbgrader_config.py'):\n"
        "        leave(folder + '/nbgrader_config.py', 'raise SystemExit')\n"
        "    folder = os.path.dirname(folder)",
    ),
    poison(
        "convbook on disk",
        "rewrites convbook's own files",
        "import convbook\nfor name in ('check.py', 'compare.py', '__init__.py'):\n"
        f"    leave(os.path.dirname(convbook.__file__) + '/' + name, \"{PATCH}\")",
    ),
    poison(
        "sitecustomize",
        "leaves a sitecustomize.py wherever Python looks",
        f'for folder in sys.path:\n    leave(folder + "/sitecustomize.py", "{PATCH}")',
    ),
    poison(
        "module in a shared folder",
        "leaves files in /tmp and /dev/shm",
        'for folder in ("/tmp", "/var/tmp", "/dev/shm"):\n'
        '    leave(folder + "/left-by-attack.py", "1")',
    ),
    poison(
        "environment changed",
        "sets LD_PRELOAD, PYTHONSTARTUP and PYTHONPATH",
        'leave("/tmp/left-by-attack/numpy.py", "raise SystemExit")\n'
        'os.environ.update(PYTHONPATH="/tmp/left-by-attack", LD_PRELOAD="/tmp/left-by-attack.so",\n'
        '                  PYTHONSTARTUP="/tmp/left-by-attack/numpy.py")',
    ),
    poison(
        "magics",
        "%%writefile, %run and %load_ext with files of its own",
        'leave("left-by-attack.py", "def load_ipython_extension(shell):\\n'
        "    shell.ast_transformers.clear()\\n"
        '    import convbook.check as c\\n    c.same = c.raises = print\\n")\n'
        "sys.path.insert(0, os.getcwd())\n"
        "get_ipython().run_line_magic('load_ext', 'left-by-attack')\n"
        "%load_ext autoreload\n%autoreload 2\n"
        "%run left-by-attack.py\n!touch ~/left-by-attack",
    ),
]
