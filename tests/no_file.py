"""What may stand where a file is to be read, and is none."""

import os
from pathlib import Path


def link(path: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    path.symlink_to(tmp_path / "secret")


def folder(path: Path, tmp_path: Path) -> None:
    path.mkdir()


def pipe(path: Path, tmp_path: Path) -> None:
    os.mkfifo(path)


ALL = [link, folder, pipe]
