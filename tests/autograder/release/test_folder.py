"""A release is a folder with a history, and a zip: repeatable, and careful of what others wrote."""

import io
import os
import subprocess
import zipfile
from pathlib import Path

import pytest
from machine import needs

from autograder.course import CourseError
from autograder.release import folder, repository

FILES = {"a.txt": b"one\n", "deep/b [1].txt": b"two\n", "setup.sh": b"#!/bin/sh\n"}
pytestmark = needs("git")


def release(place: Path, files: dict[str, bytes] = FILES) -> bool:
    """Write files as a release does; return whether there is a commit more."""
    before, files = folder.sums(place), folder.with_sums(files)
    folder.check(place, before, files)
    folder.write(place, before, files)
    return repository.commit(place, {*before, *files}, "a release")


def git(place: Path, *words: str) -> str:
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@b", *words]
    return subprocess.run(command, cwd=place, check=True, capture_output=True, text=True).stdout


def written(place: Path) -> set[str]:
    files = (p.relative_to(place) for p in place.rglob("*") if p.is_file())
    return {p.as_posix() for p in files if p.parts[0] != ".git"}


def test_each_release_is_a_commit(tmp_path: Path) -> None:
    place = tmp_path / "a course"
    assert release(place)
    assert not release(place)
    assert release(place, {"a.txt": b"new\n", "c.txt": b"three\n"})
    assert written(place) == {"a.txt", "c.txt", "SHA256SUMS"}
    assert git(place, "status", "--porcelain") == ""
    assert git(place, "log", "--format=%s").splitlines() == ["a release"] * 2
    assert git(place, "show", "HEAD~1:a.txt") == "one\n"
    assert git(place, "branch", "--show-current") == "main\n"
    assert os.access(place / "a.txt", os.X_OK) is False


def test_its_history_is_its_own(tmp_path: Path) -> None:
    """Also below the folder of a course that has one, and where Git is told of another."""
    git(tmp_path, "init", "-q")
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "secret")
    (tmp_path / ".gitignore").write_text("build/\n*.sh\n")
    place = tmp_path / "build" / "release"
    assert release(place)
    assert git(place, "log", "--format=%s") == "a release\n"
    assert set(git(place, "ls-files").splitlines()) == {*FILES, "SHA256SUMS"}
    assert git(tmp_path, "log", "--format=%s") == "secret\n"


def test_a_git_that_knows_nobody_and_has_hooks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    (hooks / "pre-commit").write_text("#!/bin/sh\nexit 1\n")
    (hooks / "pre-commit").chmod(0o755)
    (tmp_path / "gitconfig").write_text(f"[core]\nhooksPath = {hooks}\n[user]\nuseConfigOnly = 1\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "gitconfig").rename(tmp_path / ".gitconfig")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    assert release(tmp_path / "out")
    monkeypatch.delenv("GIT_DIR")
    assert git(tmp_path / "out", "log", "--format=%an") == "The course\n"


def test_what_others_put_there_stays_and_is_not_committed(tmp_path: Path) -> None:
    release(tmp_path)
    (tmp_path / "syllabus.pdf").write_bytes(b"mine")
    git(tmp_path, "add", "syllabus.pdf")
    release(tmp_path, {"a.txt": b"new\n"})
    assert (tmp_path / "syllabus.pdf").read_bytes() == b"mine"
    assert git(tmp_path, "show", "--name-only", "--format=").count("syllabus") == 0
    assert "syllabus.pdf" in git(tmp_path, "diff", "--cached", "--name-only")


def test_what_a_course_committed_there_stays(tmp_path: Path) -> None:
    release(tmp_path)
    (tmp_path / "syllabus.pdf").write_bytes(b"mine")
    git(tmp_path, "add", "syllabus.pdf")
    git(tmp_path, "commit", "-q", "-m", "syllabus")
    assert release(tmp_path, {"a.txt": b"new\n"})
    assert "syllabus.pdf" in git(tmp_path, "ls-tree", "--name-only", "HEAD")


@pytest.mark.parametrize("name", ["a.txt", "c.txt"])
def test_what_was_changed_by_hand_is_not_overwritten(tmp_path: Path, name: str) -> None:
    release(tmp_path)
    (tmp_path / name).write_text("mine")
    with pytest.raises(CourseError, match=rf"{name} was changed by hand"):
        release(tmp_path, {"a.txt": b"new\n", "c.txt": b"new\n"})
    assert (tmp_path / name).read_text() == "mine"


def test_a_folder_that_holds_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("mine")
    with pytest.raises(CourseError, match="name another folder with -o"):
        release(tmp_path)
    assert written(tmp_path) == {"thesis.tex"}


@pytest.mark.parametrize("text", [b"\xff\xfe\xff", b"one line\n", b"abc  ../../etc/passwd\n"])
def test_a_list_that_is_none_leads_nowhere(tmp_path: Path, text: bytes) -> None:
    place = tmp_path / "out"
    release(place)
    (place / "SHA256SUMS").write_bytes(text)
    with pytest.raises((CourseError, OSError)):
        release(place)


def test_no_link_is_followed(tmp_path: Path) -> None:
    place = tmp_path / "out"
    release(place)
    (tmp_path / "elsewhere").mkdir()
    (place / "deep" / "b [1].txt").unlink()
    (place / "deep").rmdir()
    (place / "deep").symlink_to(tmp_path / "elsewhere")
    with pytest.raises((CourseError, OSError)):
        release(place, {**FILES, "deep/c.txt": b"new"})
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_history_tells_all_that_it_holds(tmp_path: Path) -> None:
    assert repository.objects(tmp_path) == {}
    release(tmp_path)
    release(tmp_path, {"a.txt": b"two\n\n"})
    git(tmp_path, "gc", "-q", "--aggressive", "--prune=now")
    found = list(repository.objects(tmp_path).values())
    assert {b"one\n", b"two\n", b"two\n\n"} <= set(found)


def test_a_history_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    release(tmp_path)
    (tmp_path / ".git" / "HEAD").write_text("nonsense")
    with pytest.raises(CourseError, match="Git cannot keep the history") as found:
        repository.objects(tmp_path)
    assert len(str(found.value).splitlines()) == 1


def test_two_zips_are_equal_to_the_byte_and_keep_what_may_run() -> None:
    packed = folder.packed("course", FILES)
    assert folder.packed("course", dict(FILES)) == packed
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        modes = {entry.filename: entry.external_attr >> 16 for entry in archive.infolist()}
        assert archive.read("course/a.txt") == b"one\n"
    assert modes["course/setup.sh"] & 0o111 and not modes["course/a.txt"] & 0o111
    assert set(modes) == {f"course/{name}" for name in FILES}
