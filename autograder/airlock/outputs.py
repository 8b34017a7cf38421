"""Let through only well-formed outputs of the kinds that cannot carry code."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from autograder.shown import plain

from .limits import Limits

PNG = b"\x89PNG\r\n\x1a\n"
LINES = 200  # of one traceback
CUT = "\n... the rest of the output is left out (limit: {} KiB and {} outputs for a cell) ...\n"


def clean(outputs: Any, limits: Limits, count: int | None = None) -> list[dict[str, Any]]:
    """Return the outputs that are text or a PNG picture, rebuilt field by field.

    Whatever else a process sends (HTML, SVG, JavaScript, widgets, odd types) is left out. The
    sizes are capped; count becomes the number of an execute_result.
    """
    kept: list[dict[str, Any]] = []
    left = limits.output_bytes
    for output in outputs if type(outputs) is list else []:
        new = _rebuild(output, count) if type(output) is dict else None
        if new is None:
            continue
        left -= _size(new)
        if left < 0 or len(kept) >= limits.output_items:
            text = CUT.format(limits.output_bytes >> 10, limits.output_items)
            kept.append({"output_type": "stream", "name": "stdout", "text": text})
            break
        kept.append(new)
    return kept


def limits_met(outputs: list[dict[str, Any]], limits: Limits) -> list[dict[str, Any]]:
    """Return an output that names the limits which a cell has met by what it says; none, if none.

    Args:
        outputs: of the cell, cleaned.
        limits: that it had.
    """
    found = dict.fromkeys(filter(None, (_hint(output, limits) for output in outputs)))
    text = "".join(f"[{hint}]\n" for hint in found)
    return [{"output_type": "stream", "name": "stderr", "text": text}] if text else []


def _hint(output: dict[str, Any], limits: Limits) -> str:
    """Return the limit that an error or a printed error has met."""
    if output["output_type"] == "error":
        lines = [output["evalue"], *output["traceback"]]
        return limits.hint(output["ename"], "\n".join(lines))
    return limits.hint("", output.get("text", ""))


def _rebuild(output: dict[Any, Any], count: int | None) -> dict[str, Any] | None:
    kind = output.get("output_type")
    if kind == "stream" and output.get("name") in ("stdout", "stderr"):
        return {"output_type": kind, "name": output["name"], "text": _text(output.get("text"))}
    if kind == "error":
        lines = output.get("traceback")
        traceback = [_text(line) for line in lines[:LINES]] if type(lines) is list else []
        name, text = (plain(output.get(key, ""), 2000) for key in ("ename", "evalue"))
        return {"output_type": kind, "ename": name, "evalue": text, "traceback": traceback}
    if kind in ("display_data", "execute_result"):
        data = _bundle(output.get("data"))
        if not data:
            return None
        new = {"output_type": kind, "data": data, "metadata": {}}
        return new | {"execution_count": count} if kind == "execute_result" else new
    return None


def _bundle(data: Any) -> dict[str, str]:
    if type(data) is not dict:
        return {}
    kept = {}
    if type(data.get("text/plain")) is str:
        kept["text/plain"] = _text(data["text/plain"])
    if type(data.get("image/png")) is str and _is_png(data["image/png"]):
        kept["image/png"] = "".join(data["image/png"].split())
    return kept


def _is_png(text: str) -> bool:
    try:
        return base64.b64decode("".join(text.split()), validate=True).startswith(PNG)
    except (binascii.Error, ValueError):
        return False


def _text(text: Any) -> str:
    """Return text without control characters; colours in tracebacks go too."""
    return plain(text, 1 << 30) if type(text) is str else ""


def _size(output: dict[str, Any]) -> int:
    parts = [output.get("text", ""), output.get("evalue", ""), *output.get("traceback", [])]
    return sum(map(len, [*parts, *output.get("data", {}).values()])) + 64
