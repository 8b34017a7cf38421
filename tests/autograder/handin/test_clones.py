"""Git clones: the time of the commit, names by a rule, and the course's own files in one line."""

import os
import subprocess
from pathlib import Path

import nbformat
import pytest
from hand_ins import FILE, NAME, laid_out, taken, work

from autograder import cli
from autograder.classroom.room import Classroom
from autograder.course import lessons
from autograder.handin import timestamp
from autograder.release.contents import with_first

WORK = f"notebooks/{NAME}/{FILE}"
OTHERS = ("04_im2col", "03_backprop", "05_pooling")


def git(folder: Path, *words: str, when: str = "2026-10-01T09:00:00+0200") -> None:
    who = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b"}
    who |= {name.replace("AUTHOR", "COMMITTER"): value for name, value in who.items()}
    dates = {"GIT_AUTHOR_DATE": "2020-01-01T00:00:00Z", "GIT_COMMITTER_DATE": when}
    command = ["git", "-c", "init.defaultBranch=trunk", *words]
    subprocess.run(command, cwd=folder, env=os.environ | who | dates, check=True, text=True)


def given(name: str) -> bytes:
    """A lesson as `autograder release` gives it out."""
    return nbformat.writes(with_first(lessons()[name].released, ""), version=4).encode()


def committed(folder: Path, files: dict[str, bytes], when: str) -> None:
    laid_out(folder, files)
    git(folder, "add", "--all", "--force")
    git(folder, "commit", "--quiet", "--message", "work", when=when)


@pytest.fixture
def clones(tmp_path: Path) -> Path:
    """Two students' clones of what a class was given, made today; ada has merged, bo packed."""
    home = tmp_path / "github"
    for student in ("ada", "bo"):
        repository = home / student
        repository.mkdir(parents=True)
        git(repository, "init", "--quiet")
        own = {f"notebooks/{name}/{name}.ipynb": given(name) for name in (NAME, *OTHERS)}
        rest = {"README.md": b"# Lessons", "convbook/data/a.npz": b"x", ".github/c.yml": b""}
        committed(repository, own | rest, "2026-10-01T09:00:00+0200")
    committed(home / "ada", {WORK: work("first")}, "2026-10-12T23:10:00+0200")
    git(home / "ada", "checkout", "--quiet", "-b", "side")
    committed(home / "ada", {"notebooks/notes.txt": b""}, "2026-10-14T10:00:00+0200")
    git(home / "ada", "checkout", "--quiet", "trunk")
    committed(home / "ada", {"README.md": b"mine"}, "2026-10-15T10:00:00+0200")
    git(home / "ada", "merge", "--quiet", "side", when="2026-10-16T10:00:00+0200")
    committed(home / "bo", {WORK: work("bo")}, "2026-10-13T00:20:00-0500")
    folder = tmp_path / "clones"
    folder.mkdir()
    for student in ("ada", "bo"):
        git(folder, "clone", "--quiet", str(home / student), f"lab2-{student}")
    git(folder / "lab2-bo", "gc", "--quiet")  # packs its refs
    return folder


def collect(room: Classroom, *words: str) -> int:
    return cli.main(["collect", *words, "--class", str(room.results)])


def test_the_commits_time_counts_and_the_rule_names_the_student(
    clones: Path, room: Classroom, capsys: pytest.CaptureFixture[str]
) -> None:
    assert collect(room, str(clones), "--name", "lab2-{student}") == 0
    assert taken(room) == {("ada", NAME): work("first"), ("bo", NAME): work("bo")}
    when = {who: timestamp.read(room.submitted / who / NAME) for who in ("ada", "bo")}
    assert f"{when['ada']:%d %H:%M} {when['bo']:%d %H:%M}" == "12 21:10 13 05:20"
    out = capsys.readouterr().out.splitlines()
    assert [line for line in out if line.startswith("skipped")] == [
        "skipped: lab2-ada/: 4 files that are neither notebooks nor archives"
        " and 3 lessons as they were given out",
        "skipped: lab2-bo/: 3 files that are neither notebooks nor archives"
        " and 3 lessons as they were given out",
    ]
    assert "settled" not in out[-1]


def test_of_a_shallow_clone_the_last_commit_counts(
    clones: Path, tmp_path: Path, room: Classroom
) -> None:
    folder = tmp_path / "shallow"
    folder.mkdir()
    git(folder, "clone", "--quiet", "--depth=1", f"file://{clones / 'lab2-bo'}", "bo")
    assert collect(room, str(folder / "bo" / ".." / ".." / "shallow")) == 0
    assert str(timestamp.read(room.submitted / "bo" / NAME)) == "2026-10-13 05:20:00+00:00"


def test_no_setting_of_a_clone_runs_anything(clones: Path, tmp_path: Path, room: Classroom) -> None:
    git_folder, trap = clones / "lab2-ada" / ".git", tmp_path / "trap"
    (tmp_path / "run").write_text(f"#!/bin/sh\ntouch {trap}\n")
    (tmp_path / "run").chmod(0o755)
    names = "core.fsmonitor core.pager gpg.program core.sshCommand diff.external core.hooksPath"
    settings = [*names.split(), "log.showSignature=true", "filter.x.smudge", "credential.helper"]
    text = "\n".join(
        f"[{name.rpartition('.')[0]}]\n{name.rpartition('.')[2]} = {tmp_path / 'run'}"
        for name in settings
        if "=" not in name
    )
    (git_folder / "config").write_text(
        f"{text}\n[log]\nshowSignature = true\n[include]\npath = {tmp_path / 'run'}\n"
    )
    assert collect(room, str(clones), "--name", "lab2-{student}") == 0
    assert str(timestamp.read(room.submitted / "ada" / NAME)) == "2026-10-12 21:10:00+00:00"
    assert not trap.exists()


@pytest.mark.parametrize(
    "spoil", ["no HEAD", "odd HEAD", "no objects", "a link", "elsewhere", "linked"]
)
def test_where_a_commit_cannot_be_read_no_time_is_invented(
    spoil: str,
    clones: Path,
    tmp_path: Path,
    room: Classroom,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = clones / "lab2-ada" / ".git"
    if spoil == "no HEAD":
        (folder / "HEAD").unlink()
    elif spoil == "odd HEAD":
        (folder / "HEAD").write_text("ref: ../../../../etc/passwd\n")
    elif spoil == "no objects":
        for file in (p for p in (folder / "objects").rglob("*") if p.is_file()):
            file.unlink()
    elif spoil in ("elsewhere", "linked"):
        folder.rename(tmp_path / "history")
        if spoil == "linked":
            folder.symlink_to(tmp_path / "history")
        else:
            folder.write_text(f"gitdir: {tmp_path / 'history'}\n")
    else:
        (folder / "HEAD").rename(tmp_path / "HEAD")
        (folder / "HEAD").symlink_to(tmp_path / "HEAD")
    assert collect(room, str(clones), "--name", "lab2-{student}") == 0
    assert timestamp.read(room.submitted / "ada" / NAME) is None
    assert "nobody can tell when it was committed (" in capsys.readouterr().out


def test_what_was_not_committed_has_no_time(
    clones: Path, room: Classroom, capsys: pytest.CaptureFixture[str]
) -> None:
    laid_out(clones, {"lab2-bo/notebooks/03.ipynb": work("new", "03_backprop")})
    assert collect(room, str(clones), "--name", "lab2-{student}") == 0
    assert timestamp.read(room.submitted / "bo" / "03_backprop") is None
    assert "was not committed: if it counts, autograder late" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("rule", "status", "said"),
    [
        ("lab2", 2, "write {student} once, as lab2-{student}"),
        ("{student}{student}", 2, "write {student} once"),
        ("lab3-{student}", 1, "is not named as lab3-{student}"),
        ("lab2-ada{student}", 1, "is not named as lab2-ada{student}"),
    ],
)
def test_a_rule_that_does_not_fit_is_said(
    rule: str,
    status: int,
    said: str,
    clones: Path,
    room: Classroom,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert collect(room, str(clones), "--name", rule) == status
    shown = capsys.readouterr()
    assert said in shown.out + shown.err
    assert taken(room) == {}
