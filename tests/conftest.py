"""What all tests share: those that start browsers or shut student code in are not quick."""

from pathlib import Path

import pytest

pytest_plugins = ["chromium"]

HERE = Path(__file__).parent
SLOW = {HERE / "airlock", HERE / "attacks", HERE / "browser", HERE / "demo"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if not SLOW.isdisjoint(item.path.parents):
            item.add_marker(pytest.mark.slow)
