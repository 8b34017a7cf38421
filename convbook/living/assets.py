"""The scripts and styles of the living parts."""

from importlib.resources import files


def asset(name: str) -> str:
    """Return the text of a script or a style beside this module."""
    return files("convbook.living").joinpath(name).read_text(encoding="utf-8")
