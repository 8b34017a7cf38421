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
    "a device, and no memory": f"{AVAILABLE}\ndef asarray(*_, **__): raise RuntimeError('memory')",
    "a device, and no compiler": f"""{AVAILABLE}
cuda.Event = lambda: None
def asarray(*_, **__): raise RuntimeError('libnvrtc.so: cannot open shared object file')
""",
    "a device that computes nonsense": """
import contextlib, numpy, types
from numpy import exp
class asarray(numpy.ndarray):
    def __new__(cls, a, dtype): return numpy.zeros(2).view(cls)
    def get(self): return self
event = types.SimpleNamespace(record=lambda: None)
stream = lambda **_: contextlib.nullcontext(types.SimpleNamespace(synchronize=lambda: None))
cuda = types.SimpleNamespace(
    is_available=lambda: True, Event=lambda: event, Stream=stream, get_elapsed_time=lambda *_: 1
)
""",
    "a device, and every call fails": f"{AVAILABLE}\ndef __getattr__(name): raise OSError(name)",
    "another package of that name": "",
}


@pytest.mark.parametrize("source", BROKEN.values(), ids=BROKEN)
def test_it_is_as_if_it_were_not_there(source: str, tmp_path: Path) -> None:
    (tmp_path / "cupy.py").write_text(source)
    env = os.environ | {"PYTHONPATH": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", ASK], env=env, capture_output=True, text=True)
    assert done.stdout == "True 3.0\n", done.stderr
    assert done.stderr.count("CuPy is installed, and does not compute here") == 1
    assert "The simulated device is used." in done.stderr


def test_without_a_device_nothing_is_said(tmp_path: Path) -> None:
    (tmp_path / "cupy.py").write_text(AVAILABLE.replace("True", "False"))
    env = os.environ | {"PYTHONPATH": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", ASK], env=env, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("True 3.0\n", "")
