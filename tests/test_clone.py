"""A clone has the bytes that were committed, also where Git writes the line ends of Windows."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.skipif(shutil.which("git") is None, reason="not run: git is missing")
@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not run: this is no clone")
def test_the_data_of_a_clone_on_windows_is_whole(tmp_path: Path) -> None:
    clone = ["git", "clone", "--quiet", "-c", "core.autocrlf=true", str(ROOT), str(tmp_path / "a")]
    subprocess.run(clone, check=True)
    text = "from convbook.desk import doctor; print(doctor.data(doctor.data_folder()))"
    env = os.environ | {"PYTHONPATH": str(tmp_path / "a")}
    done = subprocess.run(
        [sys.executable, "-c", text], cwd=tmp_path, env=env, capture_output=True, text=True
    )
    assert done.stdout.startswith("ok    data"), done.stdout + done.stderr
