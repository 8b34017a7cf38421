"""Write down which names the real CuPy has, for the simulated one. Needs CuPy, and no GPU.

pip install cupy-cuda13x==14.2.0
python scripts/gpu/surface.py
"""

import json
import pkgutil
from pathlib import Path
from types import ModuleType
from typing import Any

import cupy
import cupyx.profiler

FILE = Path(__file__).resolve().parents[2] / "convbook" / "gpu" / "surface.json"
MODULES = ("", "random", "linalg", "fft", "lib.stride_tricks", "cuda")
CLASSES = ("Device", "Event", "MemoryPool", "Stream")
BESIDE = {"cupyx": cupyx, "cupyx.profiler": cupyx.profiler}


def public(thing: Any) -> list[str]:
    """List the names of a module or class that are meant for use, without its own imports."""
    names = (name for name in dir(thing) if not name.startswith("_"))
    return sorted(n for n in names if not isinstance(getattr(thing, n, None), ModuleType))


def main() -> None:
    found: dict[str, Any] = {"version": cupy.__version__, "ndarray": public(cupy.ndarray)}
    for path in MODULES:
        module = cupy
        for part in filter(None, path.split(".")):
            module = getattr(module, part)
        found[path] = public(module)
    found["modules"] = sorted(
        f"{package.__name__}.{module.name}"
        for package in (cupy, cupy.cuda, cupyx)
        for module in pkgutil.iter_modules(package.__path__)
        if not module.name.startswith("_")
    )
    found |= {path: public(module) for path, module in BESIDE.items()}
    found |= {f"cuda.{name}": public(getattr(cupy.cuda, name)) for name in CLASSES}
    FILE.write_text(json.dumps(found, indent=0) + "\n", encoding="utf-8")
    print({name: len(names) for name, names in found.items()})


if __name__ == "__main__":
    main()
