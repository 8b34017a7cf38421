"""Modules that are slow to load and seldom needed: each is loaded when something of it is used.

Lessons import what draws in their first cell, and checks draw nothing. Matplotlib takes longer to
load than everything else. `importlib.util.LazyLoader` does this for one module, but loads a package
as soon as a module in it is imported.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

# What lessons import to draw with, and no check needs.
DRAWING = (
    "matplotlib",
    "matplotlib.pyplot",
    "convbook.demo",
    "convbook.drawing",
    "convbook.living",
    "convbook.plot",
)
then: dict[str, Callable[[], object]] = {}  # by module: what is done as soon as it is loaded


def put_off(names: Sequence[str]) -> None:
    """From now on load modules of these names late, in this process."""
    sys.meta_path.insert(0, _Finder(names))


def is_loaded(name: str) -> bool:
    """Tell whether a module has run."""
    return name in sys.modules and not isinstance(sys.modules[name], _Module)


class _Finder(MetaPathFinder):
    def __init__(self, names: Sequence[str]) -> None:
        self.names = frozenset(names)

    def find_spec(self, name: str, path: Any, target: Any = None) -> ModuleSpec | None:
        if name in self.names:
            found = PathFinder.find_spec(name, path, target)
            if found is not None and found.loader is not None:
                found.loader = _Later(found.loader)
            return found
        package = sys.modules.get(name.rpartition(".")[0])
        if isinstance(package, _Module):  # a module in it needs the package first, as always
            package.load()
            if name in sys.modules:
                return _There(sys.modules[name]).spec
        return None


class _Later(Loader):
    """Makes a module of which nothing runs yet."""

    def __init__(self, loader: Loader) -> None:
        self.loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self.loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        module.__class__ = _Module


class _There(Loader):
    """Gives a module that its package has loaded meanwhile.

    Python would load it a second time, by the spec that it has; so it has another one till then.
    """

    def __init__(self, module: ModuleType) -> None:
        self.module, self.own = module, module.__spec__
        self.spec = module.__spec__ = ModuleSpec(module.__name__, self)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return self.module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self.own


class _Module(ModuleType):
    """A module of which nothing has run: asked for what it does not have, it does."""

    def load(self) -> None:
        self.__class__ = ModuleType  # type: ignore[assignment]
        assert self.__spec__ is not None and isinstance(self.__spec__.loader, _Later)
        self.__loader__ = self.__spec__.loader = self.__spec__.loader.loader
        self.__loader__.exec_module(self)
        if self.__name__ in then:
            then[self.__name__]()

    def __getattr__(self, name: str) -> Any:
        self.load()
        return getattr(self, name)
