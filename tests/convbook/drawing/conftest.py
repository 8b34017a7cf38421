"""No picture of these tests opens a window or is shown."""

import matplotlib.pyplot as plt
import pytest


@pytest.fixture(autouse=True)
def no_window(monkeypatch: pytest.MonkeyPatch) -> None:
    plt.switch_backend("agg")
    monkeypatch.setattr(plt, "show", lambda: None)
