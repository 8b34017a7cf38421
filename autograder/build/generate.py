"""The released notebook: what nbgrader's generate_assignment leaves of a solution notebook."""

import logging
import tempfile
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import SaveCells
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from autograder.build import source


def generate(course: Path, lesson: str, notebook: NotebookNode) -> NotebookNode:
    """Make the notebook that students get, with the settings of the course's nbgrader_config.py.

    Args:
        course: the course's folder.
        lesson: the lesson's name.
        notebook: its solution notebook.

    Raises:
        nbgrader's NbGraderException: it refuses the notebook; its log says why.
    """
    config = PyFileConfigLoader("nbgrader_config.py", path=str(course)).load_config()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        written = place / "source" / lesson / f"{lesson}.ipynb"
        written.parent.mkdir(parents=True)
        written.write_text(source.text_of(notebook), encoding="utf-8")
        _convert(_only_here(config, place, lesson))
        return nbformat.read(place / "release" / lesson / f"{lesson}.ipynb", as_version=4)


def _only_here(config: Config, place: Path, lesson: str) -> Config:
    """Keep the course's settings, but read and write nothing outside one temporary folder."""
    config.CourseDirectory.root = str(place)
    config.CourseDirectory.source_directory = "source"
    config.CourseDirectory.release_directory = "release"
    config.CourseDirectory.assignment_id = lesson
    config.GenerateAssignment.no_database = True
    config.GenerateAssignment.preprocessors = [
        step for step in config.GenerateAssignment.preprocessors if step is not SaveCells
    ]
    return config


def _convert(config: Config) -> None:
    quiet = logging.getLogger("autograder.generate")
    quiet.setLevel(logging.ERROR)
    converter = GenerateAssignment(coursedir=CourseDirectory(config=config), config=config)
    converter.log = quiet
    converter.start()
