"""`import cupy` and `import cupyx` where CuPy is not installed: the simulated ones.

Python asks here last, so that a real one comes first.
"""

import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from typing import Any


class Offer(MetaPathFinder, Loader):
    """Finds a module under its name, or below one, among objects that stand for modules."""

    def __init__(self, modules: dict[str, Any]) -> None:
        self.modules = modules

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        return None if self._find(fullname) is None else ModuleSpec(fullname, self)

    def _find(self, fullname: str) -> Any:
        first, *rest = fullname.split(".")
        found = self.modules.get(first)
        for name in rest:
            found = vars(found).get(name) if found is not None else None
        return found

    def create_module(self, spec: ModuleSpec) -> Any:
        return self._find(spec.name)

    def exec_module(self, module: Any) -> None:
        pass  # it is there already


def offer(**modules: Any) -> None:
    """Let import statements find these, where nothing else of that name is installed."""
    sys.meta_path.append(Offer(modules))
