"""Say under which circumstances an answer is right: "only for square windows".

It is said where it is true of every call that a check has tried, whatever the function looks like.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

Facts = dict[str, bool]  # a circumstance, and whether a call was made under it
FEWEST = 3  # calls; fewer prove nothing
AT_MOST = 2  # circumstances that come together


def of_call(arguments: Mapping[str, Any]) -> Facts:
    """Return the circumstances of a call, by the names of its arguments."""
    facts: Facts = {}
    if "x" in arguments:
        facts |= _of_pictures(np.shape(arguments["x"])) | _of_windows(arguments)
    if "pad" in arguments:
        facts |= {"without padding": arguments["pad"] == 0, "with padding": arguments["pad"] > 0}
    if "stride" in arguments:
        facts["at stride 1"] = arguments["stride"] == 1
        facts["at strides over 1"] = arguments["stride"] > 1
    if "pad" in arguments and "stride" in arguments:
        plain = facts["without padding"] and facts["at stride 1"]
        facts["at stride 1 without padding"] = plain
    if "dilation" in arguments:
        facts["without dilation"] = arguments["dilation"] == 1
    if "train" in arguments:
        facts |= {"in training": arguments["train"], "at test time": not arguments["train"]}
    return facts


def only(calls: Iterable[tuple[Facts, bool]]) -> str:
    """Say under which circumstances alone calls were right, or return ''.

    First what is true of all that were right and of no other is looked for, then what is true of
    all that were right and of few others.

    Args:
        calls: the circumstances of each, and whether it was right.
    """
    listed = list(calls)
    right = [facts for facts, is_right in listed if is_right]
    wrong = [facts for facts, is_right in listed if not is_right]
    if len(listed) < FEWEST or not right or not wrong:
        return ""
    known = [key for key in right[0] if all(facts.get(key) for facts in right)]
    others = {key: sum(facts.get(key, True) for facts in wrong) for key in known}
    exact = [key for key in known if not others[key]]
    near = [key for key in known if others[key] < len(wrong) / 2] if len(right) >= FEWEST else []
    found = exact or near
    return " or ".join(found) if len(found) <= AT_MOST else ""


def _of_pictures(shape: tuple[int, ...]) -> Facts:
    if len(shape) != 4:
        return {"for x of two axes": len(shape) == 2} if shape else {}
    N, C, H, W = shape
    return {
        "for square pictures": H == W,
        "for a single picture": N == 1,
        "for a single channel": C == 1,
        "for x of two axes": False,
    }


def _of_windows(arguments: Mapping[str, Any]) -> Facts:
    w = np.shape(arguments.get("w", 0))
    if len(w) == 4:
        F, _, HH, WW = w
        return {"for square windows": HH == WW, "for a single filter": F == 1}
    HH, WW, stride = (arguments.get(key) for key in ("HH", "WW", "stride"))
    if HH is None or WW is None:
        return {}
    return {
        "for square windows": HH == WW,
        "for windows as large as the stride": HH == WW == stride,
    }
