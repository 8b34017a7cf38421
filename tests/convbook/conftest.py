"""What the tests of the given layers share."""

import importlib
from typing import Any

import pytest
from machine import need


@pytest.fixture(scope="session")
def torch() -> Any:
    need("torch")
    module: Any = importlib.import_module("torch")
    module.set_num_threads(1)  # arrays this small only wait for more
    return module
