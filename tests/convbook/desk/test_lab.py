"""`convbook lab`: which word is the folder, and what goes to JupyterLab."""

import os
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from jupyter_server.serverapp import ServerApp
from jupyterlab.labapp import LabApp
from server import serving
from traitlets.config.loader import KVArgParseConfigLoader

from convbook import cli
from convbook.desk import lab

LAB = [sys.executable, "-m", "convbook.cli", "lab"]


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder to work in: a whole course, and in mine/ a lesson too, but none in other/."""
    for name in ("notebooks/01_small", "mine/01_small", "other", "solutions", "class/submitted/a"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("notebooks", "mine"):
        (tmp_path / name / "01_small" / "01_small.ipynb").write_text("{}")
    (tmp_path / lab.CONFIG).touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def started(course: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[str, list[str]]]:
    """started(words): the folder and the options of the JupyterLab that would be started."""
    commands: list[list[str]] = []

    def start(command: list[str], env: dict[str, str]) -> int:
        commands.append(command)
        return 0

    monkeypatch.setattr(os, "execve", lambda program, *rest: start(*rest))
    monkeypatch.setattr(subprocess, "call", start)

    def call(*words: str) -> tuple[str, list[str]]:
        assert cli.main(["lab", *words]) == 0
        (root,) = [word for word in commands[-1] if word.startswith("--ServerApp.root_dir=")]
        ours = ("--ServerApp.root_dir", "--LabApp.", "--allow-root")
        options = [word for word in commands[-1][3:] if not word.startswith(ours)]
        return str(Path(root.partition("=")[2]).relative_to(course)), options

    return call


@pytest.mark.parametrize(
    ("line", "folder", "options"),
    [
        ("", "notebooks", ""),
        ("mine", "mine", ""),
        ("--port 8931", "notebooks", "--port 8931"),
        ("--port 8931 mine", "mine", "--port 8931"),
        ("mine --port 8931", "mine", "--port 8931"),
        ("--port=8931 mine", "mine", "--port=8931"),
        ("--no-browser mine --ip 0.0.0.0", "mine", "--no-browser --ip 0.0.0.0"),
        ("--no-browser --port 8931", "notebooks", "--no-browser --port 8931"),
        ("--ServerApp.token mine", "notebooks", "--ServerApp.token mine"),
        ("--ServerApp.token other mine", "mine", "--ServerApp.token other"),
        ("--nonsense mine", "notebooks", "--nonsense mine"),
        ("--port 8931 -- mine", "mine", "--port 8931 --"),
        ("mine 01_small/01_small.ipynb", "mine", "01_small/01_small.ipynb"),
        ("--notebook-dir mine --port 8931", "mine", "--port 8931"),
        ("--ServerApp.root_dir=mine -y", "mine", "-y"),
        ("--instructor --port 9000", ".", "--port 9000"),
        ("--port 9000 --instructor .", ".", "--port 9000"),
        ("--in 0.0.0.0", "notebooks", "--in 0.0.0.0"),
    ],
)
def test_a_value_is_no_folder(started: Callable, line: str, folder: str, options: str) -> None:
    assert started(*line.split()) == (folder, options.split())


def left_over(words: list[str]) -> list[str]:
    """The words that JupyterLab itself finds to be neither options nor their values."""
    app = ServerApp()
    app.aliases.update(LabApp.aliases)
    flags, aliases = app.flatten_flags()
    loader = KVArgParseConfigLoader(words, aliases, flags)
    loader.load_config()
    return loader.extra_args


@pytest.mark.parametrize("name", sorted({*LabApp.flags, *LabApp.aliases, *ServerApp().aliases}))
def test_every_option_takes_what_jupyterlab_says_it_takes(course: Path, name: str) -> None:
    words = [f"--{name}" if len(name) > 1 else f"-{name}", "other", "mine"]
    folder, options = lab.split(words)
    assert str(folder) == left_over(words)[0]
    assert sorted([str(folder), *options]) == sorted(words)


@pytest.mark.parametrize("line", ["nowhere", "--no-browser nowhere", "--instructor nowhere"])
def test_a_folder_that_is_not_there(
    line: str, started: Callable, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["lab", *line.split()]) == 2
    said = capsys.readouterr().err
    assert said.startswith("convbook: there is no folder nowhere. Name the one that holds the ")
    assert said.endswith("convbook lab FOLDER\n")


def test_a_folder_without_lessons(
    course: Path, started: Callable, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["lab", "--port", "8931", "other"]) == 2
    assert f"{course / 'other'} holds no lessons. Name the folder" in capsys.readouterr().err


def test_help_says_that_options_pass_through(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["lab", "--help"])
    said = " ".join(capsys.readouterr().out.split())
    assert "Every other option goes to JupyterLab as it is" in said
    assert "convbook lab --port 8931 --no-browser" in said


@pytest.mark.slow
def test_jupyterlab_says_what_is_wrong_with_an_option(course: Path) -> None:
    command = [*LAB, "--no-browser", "--port"]
    done = subprocess.run(command, cwd=course, capture_output=True, text=True, timeout=120)
    assert done.returncode == 2
    assert "error: argument --ServerApp.port: expected one argument" in done.stderr


@pytest.mark.slow
def test_jupyterlab_answers_on_the_port_that_is_named(course: Path) -> None:
    with serving(LAB, home=course / "home", cwd=course) as address:  # --port is its last option
        assert "JupyterLab" in urllib.request.urlopen(f"{address}/lab", timeout=60).read().decode()
