"""What all tests share: those that start browsers or shut student code in are not quick.

What was not run is counted at the end, a line for each reason.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest_plugins = ["chromium"]

HERE = Path(__file__).parent
SLOW = {HERE / name for name in ("autograder/airlock", "attacks", "browser", "convbook/demo")}


@pytest.fixture(autouse=True)
def no_figure_stays() -> Iterator[None]:
    """The next test of this process begins without a figure, as it does alone."""
    yield
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close("all")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("long") or not SLOW.isdisjoint(item.path.parents):
            item.add_marker(pytest.mark.slow)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = Counter(report.longrepr[2].removeprefix("Skipped: ") for report in skipped)
    if not reasons:
        return
    terminalreporter.section(f"{len(skipped)} tests were not run")
    for reason, times in reasons.most_common():
        terminalreporter.line(f"{times:5}  {reason.removeprefix('not run: ')}")
