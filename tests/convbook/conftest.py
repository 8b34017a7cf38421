"""What the tests of the given layers share."""

from typing import Any

import pytest


@pytest.fixture(scope="session")
def torch() -> Any:
    module = pytest.importorskip("torch", reason="PyTorch is not installed")
    module.set_num_threads(1)  # arrays this small only wait for more
    return module
