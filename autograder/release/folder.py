"""Write what is given out: a folder with a history of its own, and a zip file beside it.

SHA256SUMS in the folder says which files are the release's. They are replaced at the next release,
and whatever else lies there stays as it is.
"""

import hashlib
import io
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path

from autograder import disk
from autograder.course import CourseError

SUMS = "SHA256SUMS"
PROGRAM, FILE = 0o755, 0o644
WHEN = (1980, 1, 1, 0, 0, 0)  # the first that a zip file can hold: the same each time


def with_sums(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files and the list of them, with the SHA-256 of each."""
    lines = [f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files.items()]
    return {**files, SUMS: "".join(lines).encode()}


def sums(folder: Path) -> dict[str, str]:
    """Return the files of the last release in a folder, with the SHA-256 of each.

    Raises:
        CourseError: there are files in the folder, but no release was written there.
    """
    try:
        lines = disk.text(folder / SUMS, below=folder).splitlines()
        return {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    except FileNotFoundError:
        pass
    except (OSError, ValueError) as error:
        raise CourseError(f"{folder / SUMS}: {disk.why(error)}: name another folder") from None
    if folder.exists() and any(path.name != ".git" for path in folder.iterdir()):
        raise CourseError(f"{folder} holds other files: name another folder with -o")
    return {}


def check(folder: Path, before: Mapping[str, str], files: Mapping[str, bytes]) -> None:
    """Refuse to overwrite what a person changed since the last release, or put there.

    Args:
        folder: where the release goes.
        before: what `sums` said of it.
        files: what is to be written.

    Raises:
        CourseError: there is such a file.
    """
    for name in sorted({*before, *files} - {SUMS}):
        try:
            found = hashlib.sha256(disk.read(folder / name, below=folder)).hexdigest()
        except FileNotFoundError:
            continue
        except OSError as error:
            raise CourseError(f"{folder / name}: {disk.why(error)}") from None
        new = hashlib.sha256(files[name]).hexdigest() if name in files else ""
        if found not in (before.get(name), new):
            raise CourseError(
                f"{folder / name} was changed by hand: change it in the course, and remove it here"
            )


def write(folder: Path, before: Mapping[str, str], files: Mapping[str, bytes]) -> None:
    """Write the files, and take away those of the last release that are no longer there.

    Args:
        folder: where the release goes.
        before: what `sums` said of it.
        files: what is to be written, the list of them last.
    """
    for name, content in files.items():
        disk.write(folder / name, content, below=folder)
        os.chmod(folder / name, _mode(name))
    for name in before.keys() - files.keys():
        disk.remove(folder / name, below=folder)


def packed(top: str, files: Mapping[str, bytes]) -> bytes:
    """Return a zip file; the same files give the same bytes.

    Args:
        top: the folder in it.
        files: what it holds.
    """
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(f"{top}/{name}", WHEN)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix, whose permissions follow
            entry.external_attr = (0o100000 | _mode(name)) << 16
            archive.writestr(entry, content)
    return file.getvalue()


def _mode(name: str) -> int:
    return PROGRAM if name.endswith(".sh") else FILE
