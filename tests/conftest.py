"""What all tests share: those that start browsers or programs are not quick, and some are long.

What was not run is counted at the end, a line for each reason.
"""

import sys
from collections import Counter
from pathlib import Path

import pytest

pytest_plugins = ["chromium"]

HERE = Path(__file__).parent
# Files and folders; a single test has a mark of its own.
SLOW = """
    attacks autograder/airlock autograder/bundles autograder/classroom autograder/commands
    autograder/grading autograder/handin/test_archive.py autograder/handin/test_clones.py
    autograder/handin/test_collect_names.py autograder/handin/test_unsettled.py
    autograder/judging/test_names_in_the_world.py autograder/release autograder/report
    autograder/test_dropped.py autograder/test_mistake.py browser convbook/cuda convbook/demo
    convbook/desk convbook/test_earlier.py convbook/test_outputs.py lessons/test_shortcuts.py
"""
LONG = """
    autograder/answers/test_answers_browser.py autograder/classroom/test_regrade.py
    autograder/classroom/test_resume.py autograder/test_formgrader.py browser/test_elsewhere.py
    browser/test_instructor.py browser/test_plots.py convbook/demo/test_demo_frame.py
"""
# Each test goes on where the one before it left a page or a kernel. They come first: what one of
# two processes takes from the other in the end stands last, and a file would be torn apart there.
IN_ORDER = "browser convbook/boxes"


@pytest.fixture(autouse=True)
def no_figure_is_left() -> None:
    """A test begins without a figure, as it does alone, whatever left one in this process."""
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close("all")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    slow, long, ordered = (
        {HERE / name for name in names.split()} for names in (SLOW, LONG, IN_ORDER)
    )
    items.sort(key=lambda item: ordered.isdisjoint(item.path.parents))
    for item in items:
        places = {item.path, *item.path.parents}
        if places & long:
            item.add_marker(pytest.mark.long)
        if places & slow or item.get_closest_marker("long"):
            item.add_marker(pytest.mark.slow)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = Counter(report.longrepr[2].removeprefix("Skipped: ") for report in skipped)
    if not reasons:
        return
    terminalreporter.section(f"{len(skipped)} tests were not run")
    for reason, times in reasons.most_common():
        terminalreporter.line(f"{times:5}  {reason.removeprefix('not run: ')}")
