"""Look into a failed check: where its answer first goes wrong, and what stands there, term by term.

In come the failure and the calls of the check; out comes a demo that stops at the wrong number.
"""

from __future__ import annotations

from convbook.demo.page import Demo
from convbook.look.calls import Calls, noting
from convbook.look.layers import WAYS
from convbook.look.scene import of_failure

__all__ = ["WAYS", "Calls", "demo", "noting", "of_failure"]


def demo(error: BaseException, calls: Calls) -> Demo | None:
    """Return a demo that stops at the first wrong number, or None where there is nothing to draw.

    Args:
        error: what the check ended in.
        calls: those of the check.
    """
    scene = of_failure(error, calls)
    if scene is None:
        return None
    name = scene["name"] + (str(scene["at"]) if scene["at"] else "")
    return Demo(
        "look",
        scene,
        title=f"Where {name} of {scene['function']} goes wrong, step by step",
        summary=f"Demo: the first wrong number of {name} is {_first(scene['yours'], scene)}, and "
        f"should be {_first(scene['expected'], scene)}.",
        height=420,
    )


def _first(rows: list[list[str]], scene: dict) -> str:
    row, column = divmod(scene["first"], len(rows[0]))
    return rows[row][column]
