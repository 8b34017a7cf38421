"""A CuPy that is installed and does not work: the simulated device stays."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ASK = "from convbook import gpu; print(gpu.is_simulated(), float(gpu.cupy.ones(3).sum()))"
AVAILABLE = """
import types
cuda = types.SimpleNamespace(is_available=lambda: True)
"""
BROKEN = {
    "the import fails": "raise OSError('libcuda.so.1: cannot open shared object file')",
    "no driver": AVAILABLE.replace("True", "1 // 0"),
    "a device, and no memory": f"{AVAILABLE}\ndef ones(n): raise RuntimeError('out of memory')",
    "a device, and no compiler": f"""{AVAILABLE}
class ones:
    def __init__(self, n): pass
    def __add__(self, other): raise RuntimeError('libnvrtc.so: cannot open shared object file')
""",
    "a device that computes nonsense": f"{AVAILABLE}\ndef ones(n):\n    import numpy\n"
    "    return numpy.zeros(n)",
    "another package of that name": "",
}


@pytest.mark.parametrize("source", BROKEN.values(), ids=BROKEN)
def test_it_is_as_if_it_were_not_there(source: str, tmp_path: Path) -> None:
    (tmp_path / "cupy.py").write_text(source)
    env = os.environ | {"PYTHONPATH": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", ASK], env=env, capture_output=True, text=True)
    assert done.stdout == "True 3.0\n", done.stderr
