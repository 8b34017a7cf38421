"""Look through what is to be given out for what must not be: nothing is written before that."""

from collections.abc import Mapping
from pathlib import PurePosixPath

from autograder.course import CourseError
from autograder.release.secrets import Secrets
from autograder.release.unpack import Closed, Unpacker
from autograder.shown import one_line


class LeakError(CourseError):
    """Something that students must not get would have gone out; the text says what and where."""


def check(files: Mapping[str, bytes], secrets: Secrets) -> None:
    """Look through files, however they are packed.

    Args:
        files: their content by their path.
        secrets: what must not be in them.

    Raises:
        LeakError: it is in one of them, or one cannot be looked into.
    """
    unpacker = Unpacker()
    for name, content in files.items():
        try:
            found = next(filter(None, map(secrets.find, unpacker.texts(content))), "")
        except Closed as closed:
            found = str(closed)
        found = found or _by_name(name)
        if found:
            raise LeakError(f"{one_line(name)} holds {one_line(found)}: nothing was released")


def _by_name(name: str) -> str:
    folders = PurePosixPath(name).parts[:-1]
    return next(
        (f"a file of {f}/" for f in ("autograder", "solutions", "tests") if f in folders), ""
    )
