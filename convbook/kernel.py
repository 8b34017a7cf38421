"""The kernel of a notebook, where this process is one."""

import sys
from typing import Any


def shell() -> Any:
    """Return the shell of the kernel that this process is, or None where it is none."""
    interactive = sys.modules.get("IPython")
    found = interactive.get_ipython() if interactive else None
    return found if getattr(found, "kernel", None) is not None else None
