"""Record the run of `demo.training()`, for where no page can train: convbook/demo/training.json.

    .venv/bin/python scripts/record_training.py

Chromium opens the demo and trains in it, as in a lecture; every fourth moment is kept, its filters
in 8 bits. It takes a quarter of a minute.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import sync_playwright

from autograder.slides.pdf import FLAGS, chromium
from convbook.demo import training
from convbook.demo.net import packed
from convbook.demo.training import EVERY, STEPS, starts

FILE = Path(__file__).parents[1] / "convbook" / "demo" / "training.json"
KEPT = 4  # one in so many moments
PATIENCE = 300_000  # milliseconds
MOMENTS = "moments.map((m) => ({ ...m, filters: [...m.filters] }))"


def rounded(moment: dict[str, Any]) -> dict[str, Any]:
    """One moment as it is kept."""
    filters = np.array(moment["filters"]).reshape(starts()[0].shape)
    strongest = float(np.abs(filters).max())
    levels = np.round(127 * filters / strongest + 128).astype(np.uint8)
    guesses = [dict(m=g["m"], p=round(g["p"], 3)) for g in moment["guesses"]]
    kept = dict(loss=round(moment["loss"], 4), strongest=strongest, filters=packed(levels))
    return moment | kept | dict(guesses=guesses)


def run() -> list[dict[str, Any]]:
    """Train in a page, and return all moments of the run."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        page = browser.new_page()
        page.set_content(training().page())
        page.evaluate("stage.go(stage.steps - 1)")
        page.wait_for_function(f"moments.length > {STEPS // EVERY}", timeout=PATIENCE)
        moments = page.evaluate(MOMENTS)
        browser.close()
    return moments


if __name__ == "__main__":
    kept = [rounded(moment) for moment in run()[::KEPT]]
    FILE.write_text(json.dumps(dict(moments=kept)) + "\n", encoding="utf-8")
    print(f"{FILE.name}: {len(kept)} moments, the last with loss {kept[-1]['loss']}")
