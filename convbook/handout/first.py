"""The first code cell of a lesson that was given out: it installs convbook where that is missing.

`autograder release` puts it into each lesson. It belongs to no lesson: whoever reads a notebook
takes it out again, and leaves what a student wrote around it.
"""

from __future__ import annotations

import re
from typing import Any

NEEDED = ("matplotlib", "numpy", "threadpoolctl")  # what the lessons' own code imports
_TEXT = """\
# Where convbook is missing, as on Colab or Kaggle, this installs it. Elsewhere it does nothing.
def _install(address="{address}"):
    import site, subprocess, sys
    from importlib import invalidate_caches
    from importlib.util import find_spec
    from pathlib import Path

    if find_spec("convbook"):
        return
    here = Path.cwd()
    near = (here, *here.parents[:2])  # no farther: above may be folders of others
    beside = [max(f.glob("convbook-*.whl"), default=None) for f in near]
    wheel = str(next(filter(None, beside), address))
    if not wheel:
        raise ImportError("put convbook-...whl of the course beside this notebook, and run again")
    others = [name for name in {needed} if not find_spec(name)]
    for what in (["--no-deps", wheel], others):
        pip = [sys.executable, "-m", "pip", "install", "--quiet", *what]
        done = subprocess.run(pip, capture_output=True, text=True) if what else None
        if done and done.returncode:
            raise ImportError("convbook cannot be installed: " + done.stderr.strip())
    invalidate_caches()
    if not find_spec("convbook"):  # pip may have put it where only a new kernel would look
        site.addsitedir(site.getusersitepackages())


_install()
del _install
""".rstrip()


def text(address: str = "") -> str:
    """Return the cell's text.

    Args:
        address: where the wheel of convbook can be downloaded, for where it lies neither
            beside the notebook nor in one of the two folders above.
    """
    return _TEXT.format(address=address, needed=NEEDED)


_FOUND = re.compile(re.escape(text("@")).replace("@", r'[^"\\\n]*') + r"\n?")


def take_out(cells: Any) -> None:
    """Take the cell out of a notebook, in place; what stands around it in its cell stays.

    Args:
        cells: the notebook, from `notebook.parse`.
    """
    kept = []
    for cell in cells.cells:
        rest = _FOUND.sub("", cell.source) if cell.cell_type == "code" else cell.source
        if rest != cell.source:
            cell.source = rest
            if not rest.strip():
                continue
        kept.append(cell)
    cells.cells = kept
