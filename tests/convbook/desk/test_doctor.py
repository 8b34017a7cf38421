"""The doctor meets each kind of broken machine: the real thing, wherever it can be arranged."""

import os
import shutil
import socket
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterable
from pathlib import Path

import pytest
from machine import needs

from autograder.airlock import sandbox
from convbook import cli
from convbook import data as pictures
from convbook.desk import doctor

ROOT = Path(doctor.__file__).resolve().parents[2]
PACKAGES = Path(sysconfig.get_paths()["purelib"])
STOPPED, TO_NOTE = f"{doctor.STOP}  ", f"{doctor.NOTE}  "


def ask(python: Path | str, course: Path = ROOT, before: Iterable[str] = ()) -> tuple[int, dict]:
    """Run convbook doctor in another process; return its status and its lines by subject."""
    command = [*before, str(python), "-m", "convbook.cli", "doctor"]
    env = os.environ | {"PYTHONPATH": str(course)}
    done = subprocess.run(command, cwd=course, env=env, capture_output=True, text=True)
    assert done.stderr == ""
    rows = done.stdout.split("\n\n")[0].splitlines()
    return done.returncode, {row[6:19].strip(): row for row in rows}


def environment(folder: Path) -> tuple[Path, Path]:
    """Make a virtual environment without any package; return its Python and where they go."""
    venv.create(folder, with_pip=False, symlinks=os.name != "nt")
    bin_name = "Scripts/python.exe" if os.name == "nt" else "bin/python"
    return folder / bin_name, next(folder.rglob("site-packages"))


def dist_info(name: str, site: Path, old: str = "", new: str = "") -> None:
    """Copy what pip knows of an installed package, changed at one place."""
    source = next(PACKAGES.glob(f"{name}-*.dist-info"))
    text = (source / "METADATA").read_text(encoding="utf-8")
    assert old in text
    (site / source.name).mkdir()
    (site / source.name / "METADATA").write_text(text.replace(old, new, 1), encoding="utf-8")


def test_this_machine_will_do(capfd: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["doctor"]) == 0
    *rows, _, last = capfd.readouterr().out.splitlines()
    assert [row.split()[0] in (doctor.OK, doctor.NOTE) for row in rows] == [True] * 8
    assert last == "You can work: convbook lab"


def test_missing_old_and_damaged_packages_stop_a_student(tmp_path: Path) -> None:
    python, site = environment(tmp_path)
    dist_info("convbook", site)
    dist_info("matplotlib", site, "\nVersion: 3.", "\nVersion: 2.")
    dist_info("numpy", site)
    (site / "numpy").mkdir()
    for path in (PACKAGES / "numpy").iterdir():
        if path.name != "_core":  # as if the installation had been cut off
            (site / "numpy" / path.name).symlink_to(path)
    status, rows = ask(python)
    assert status == 1
    text = rows["packages"]
    assert text.startswith(STOPPED) and text.endswith(doctor.SETUP)
    assert "jupyterlab is missing; matplotlib is 2." in text and "threadpoolctl is missing" in text
    assert "cannot be loaded (" in text and "numpy" in text
    assert rows["Python"].startswith(doctor.OK) and rows["data"].startswith(doctor.OK)


def test_another_python_than_the_course_needs(tmp_path: Path) -> None:
    python, site = environment(tmp_path)
    dist_info("convbook", site, "Requires-Python: ", "Requires-Python: >=3.90,")
    status, rows = ask(python)
    assert status == 1
    assert rows["Python"].startswith(STOPPED)
    assert "but the course needs >=3.90,<3.15,>=3.11: install" in rows["Python"]


def test_a_course_not_installed_and_its_data_damaged(tmp_path: Path) -> None:
    python, _ = environment(tmp_path / "venv")
    course = tmp_path / "course"
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "convbook", course / "convbook", ignore=ignore)
    shutil.copytree(ROOT / "data", course / "data")
    with (course / "data" / "fashion" / "test.bin.xz").open("r+b") as file:
        file.write(b"x")
    (course / "data" / "photos" / "coffee.png").unlink()
    status, rows = ask(python, course)
    assert status == 1
    for about in ("Python", "packages"):
        assert rows[about].startswith(STOPPED) and "not installed" in rows[about]
    assert rows["data"].startswith(STOPPED)
    assert "missing or damaged: fashion/test.bin.xz, photos/coffee.png: get the" in rows["data"]
    assert str(doctor.data(None)).startswith(f"{STOPPED}data")
    (course / "data" / "SHA256SUMS").write_text("")
    assert "is empty" in doctor.data(course / "data").text
    (course / "data" / "SHA256SUMS").unlink()
    assert "cannot be read" in doctor.data(course / "data").text


def test_the_data_is_that_of_the_lessons() -> None:
    assert doctor.data_folder() == pictures.folder()


def test_a_busy_port_is_passed_over_and_none_free_is_said() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        busy = other.getsockname()[1]
        assert f"({busy} is taken)" in doctor.port(busy).text
        found = doctor.port(busy, tries=1)
        assert found.state == doctor.NOTE and "close other JupyterLabs" in found.text


def test_a_path_without_programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert str(doctor.compiler()).startswith(f"{TO_NOTE}C++ compiler  none; only for lesson 13")
    assert str(doctor.gpu()) == "ok    GPU           none; not needed"


@pytest.mark.skipif(os.name == "nt", reason="scripts of a shell")
def test_programs_that_are_there_and_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("c++", "nvidia-smi"):  # as on a Mac without its tools, or without a driver
        (tmp_path / name).write_text("#!/bin/sh\necho first; echo no tools here >&2; exit 1\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    found = doctor.compiler()
    assert found.state == doctor.NOTE and found.text.startswith("no tools here; only for lesson")
    assert doctor.gpu().text == "none; not needed"


def inside(*options: str, call: str) -> str:
    """Call a part of the doctor inside bubblewrap, which can take away what is asked for."""
    walls = [sandbox.program().path, "--unshare-user", "--ro-bind", "/", "/"]
    walls += ["--proc", "/proc", "--dev", "/dev", *options]
    text = f"from pathlib import Path; from convbook.desk import doctor; print(doctor.{call})"
    env = os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": "/dev/shm"}
    done = subprocess.run([*walls, sys.executable, "-c", text], env=env, capture_output=True)
    return done.stdout.decode()


def test_the_sandbox_is_the_graders() -> None:
    found = doctor.sandbox()
    assert found.state == (doctor.NOTE if sandbox.problem() else doctor.OK)
    assert (sandbox.problem() or str(sandbox.program())) in found.text


def test_without_an_autograder_no_sandbox_is_needed(tmp_path: Path) -> None:
    course = tmp_path / "course"
    shutil.copytree(ROOT / "convbook", course / "convbook")
    python, _ = environment(tmp_path / "venv")
    _, rows = ask(python, course)
    assert "not needed: the autograder is not installed" in rows["sandbox"]


@needs("sandbox")
def test_a_sandbox_where_user_namespaces_are_off() -> None:
    said = inside("--disable-userns", "--cap-drop", "ALL", call="sandbox()")
    assert said.startswith(f"{TO_NOTE}sandbox       none. bubblewrap ")


@needs("sandbox")
def test_a_disk_that_is_nearly_full() -> None:
    said = inside("--size", "1000000", "--tmpfs", "/mnt", call="disk(Path('/mnt'))")
    assert said.startswith(f"{TO_NOTE}disk          0.0 GB are free here: make room")


@pytest.mark.parametrize(
    ("version", "wanted", "fit"),
    [
        ("2.2", ">=2.2,<3", True),
        ("2.10.1", "<3,>=2.9", True),
        ("3.0.0", ">=2.2,<3", False),
        ("3.0.0rc1", "<3", False),
        ("0.9.10", ">=0.9.6,<0.10", True),
        ("1.0", "==1.0.0", True),
        ("1.0", "!=1.0", False),
        ("1.0", "", True),
    ],
)
def test_versions_are_compared_as_numbers(version: str, wanted: str, fit: bool) -> None:
    assert doctor.fits(version, wanted) is fit
