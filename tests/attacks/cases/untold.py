"""Code that wants to tell its student what it was called with by a hidden check.

The right answer comes for all that everybody sees. Any other call is a hidden one: what it was
called with is put where a student might read it. The word that is looked for is built from two, so
that the code itself does not hold it.
"""

from attacks.case import Case, cells
from attacks.target import FULL, ROWS, SCALE

WORD = "told-of-a-hidden-call"
FIRST = f"""
WORD, kept = "told-of-" + "{WORD.removeprefix("told-of-")}", []
def seen(x, a):
    return x.shape == (2,) and a == 3 or x.shape == (2, 3) and a == 2
"""


def told(
    name: str, tries: str, body: str, honest: float = FULL - SCALE, word: str = WORD, **more: str
) -> Case:
    """Do something in each hidden call of scale, in which `said` is what must not get out."""
    lines = "".join(f"    {line}\n" for line in body.strip().split("\n"))
    scale = (
        "def scale(x, a):\n    if seen(x, a): return x * a\n"
        f"    said = f'{{WORD}} {{x.shape}} {{x.strides}} {{x.tolist()}} {{a}}'\n{lines}"
    )
    make = cells(**({"first": FIRST, "scale": scale} | more))
    return Case("untold", name, tries, make, honest, untold=word)


def later(name: str, tries: str, body: str, last: str, **more: str) -> Case:
    """Leave something in a hidden call, answer right, and show it in a cell at the end."""
    return told(name, tries, f"{body.strip()}\nreturn x * a", FULL, last=last, **more)


OWN = """
class Odd(Exception):
    def __str__(self): return said
    __repr__ = __str__
raise Odd()
"""
KEY = """
class Key:
    def __repr__(self): return said
{}[Key()]
"""
GROUP = "raise ExceptionGroup(said, [ValueError(said), KeyError(said)])"
CHAIN = """
try: raise ValueError(said)
except ValueError as error: raise IndexError("list index out of range") from error
"""
NOTES = """
error = ValueError("no")
error.add_note(said)
raise error
"""
CLASS = 'raise type(said.replace("-", "_").split()[0].replace("_", "-"), (ValueError,), {})(said)'
FUNCTION = """
def helper(): raise ValueError
helper.__code__ = helper.__code__.replace(co_name=said, co_qualname=said)
helper()
"""
SOURCE = """
import linecache
file = f"<ipython-input-{len(kept)}-x>"
linecache.cache[file] = (1, None, [f"raise ValueError # {said}"], file)
exec(compile("raise ValueError", file, "exec"))
"""
FORGED = """
import traceback
from types import SimpleNamespace
frame = SimpleNamespace(filename="<ipython-input-1>", lineno=1, name=said[:40], line=said)
traceback.extract_tb = lambda *_: [frame]
raise ValueError(said)
"""
BUILTIN = "raise UnicodeDecodeError('utf-8', said.encode(), 0, 1, said)"
EXIT = "raise SystemExit(said)"
STOP = "raise KeyboardInterrupt(said)"
FILE = "open('kept.txt', 'a').write(said + '\\n')"
READ = "try: print(open('kept.txt').read())\nexcept OSError: pass"
SET = "import os\nos.environ['S'] = said"
WARNING = "import warnings\nwarnings.warn(said)"
DEL = """
class Late:
    def __init__(self, text): self.text = text
    def __del__(self): print(self.text)
kept.append(Late(said))
"""
THREAD = """
import threading, time
def late(text):
    for _ in range(40):
        time.sleep(0.05)
        print(text, flush=True)
threading.Thread(target=late, args=(said,), daemon=True).start()
"""
DISPLAY = "from IPython.display import display\ndisplay(said)\nprint(said)"
FORK = """
import os, time
if os.fork() == 0:
    time.sleep(0.3)
    open('kept.txt', 'a').write(said + '\\n')
    os._exit(0)
"""
# It is asked for a list of rows next, in a part that everybody sees.
NAMED = "raise type(kept[0], (KeyError,), {})"
ROWS_OF = """
def map_rows(f, x):
    if kept: {}
    return np.array([f(row) for row in x])
"""


def next_shown(name: str, tries: str, body: str) -> Case:
    """Keep what it was called with, and have the next function do something with it."""
    lines = "kept.append(said)\nreturn x * a"
    return told(name, tries, lines, FULL - ROWS, map_rows=ROWS_OF.format(body))


CASES = [
    told("text of an exception", "raises it", "raise ValueError(said)"),
    told("text of an own class", "raises it by a class's own text", OWN),
    told("key with an own text", "a KeyError of it", KEY),
    told("group of exceptions", "several of them", GROUP),
    told("cause of an exception", "one that led to another", CHAIN),
    told("notes of an exception", "adds a note", NOTES),
    told("name of a class", "raises a class of that name", CLASS),
    told("name of a function", "a function of that name raises", FUNCTION),
    told("line of source", "lets a traceback find other source", SOURCE),
    told("forged frames", "takes the place of what reads tracebacks", FORGED),
    told("exception with parts", "a built-in one that shows its bytes", BUILTIN),
    told("exit with a text", "ends the notebook by it", EXIT),
    told("interrupt with a text", "as if somebody had stopped it", STOP),
    told("text for an answer", "returns it", "return said"),
    told("text in a list", "returns a list of it", "return [said, said]"),
    told("keys for an answer", "returns a dict with such a key", "return {said: 1}"),
    told("object for an answer", "of a class of that name", "return type(said, (), {})()"),
    told("array of text", "returns it as an array", "return np.array([said])"),
    told("argument changed", "before it raises", "x[...] = 0\nraise KeyError(said)"),
    later("global", "keeps it", "kept.append(said)", "print(kept)"),
    later("attribute", "of itself", "scale.said = said", "print(getattr(scale, 'said', ''))"),
    later("file", "writes it", FILE, READ),
    later("another module", "leaves it there", "np.said = said", "print(getattr(np, 'said', ''))"),
    later("environment variable", "sets a variable", SET, "%env"),
    later("warning", "warns", WARNING, "import warnings\nprint(warnings.filters)"),
    later("print at the end of an object", "in its __del__", DEL, "kept.clear()"),
    later("thread that prints", "while later cells run", THREAD, "import time; time.sleep(1)"),
    later("display in a call", "shows it there", DISPLAY, "1"),
    later("another process", "writes a file later", FORK, f"import time; time.sleep(1)\n{READ}"),
    next_shown("next shown part raises", "lets another function say it", "raise ValueError(kept)"),
    next_shown("next shown part answers", "lets another return it", "return kept[0]"),
    next_shown("next shown part's class", "lets another name it", NAMED),
    told("number for an answer", "returns it", "return np.full(x.shape, 98_765.0)", word="98765"),
    told("large number", "returns it", "return x * 0 + 98_765e30", word="98765"),
    told("factor", "returns the answer times it", "return 9.8_765 * x * a", word="9.8765"),
    told("shape for an answer", "of that many rows", "return np.zeros((98_765, 1))", word="98765"),
    told("length of an answer", "a list of that many", "return [0.0] * 98_765", word="98765"),
]  # fmt: skip
