"""nbgrader's settings for this course: its folders, and how cells are run."""

import os
import sys
import warnings
from pathlib import Path

from nbgrader.converters import GenerateAssignment
from nbgrader.server_extensions.formgrader.handlers import template_path
from sqlalchemy.exc import SAWarning

from autograder.classroom import database, taken_down
from autograder.classroom.room import class_at, folder
from autograder.feedback.page import TEMPLATES

c = get_config()  # noqa: F821 - nbgrader puts it here

COURSE = Path(__file__).resolve().parent
# Where a class is: its hand-ins, its grades and its gradebook.
ROOM = class_at(folder(COURSE), db_url=os.environ.get("CONVBOOK_DB"))
ROOM.results.mkdir(parents=True, exist_ok=True)  # SQLite makes no folders
taken_down.watch(ROOM)  # points that a person gives go into the record

# nbgrader calls alembic by its name, also where the virtual environment is not activated.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])

c.CourseDirectory.course_id = "convbook"
c.CourseDirectory.root = str(COURSE)
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "notebooks"
c.CourseDirectory.submitted_directory = os.path.relpath(ROOM.submitted, COURSE)
c.CourseDirectory.autograded_directory = os.path.relpath(ROOM.autograded, COURSE)
c.CourseDirectory.feedback_directory = os.path.relpath(ROOM.feedback, COURSE)
c.CourseDirectory.db_url = database.whole(database.address(ROOM.db_url))
# The text sources hold the solutions.
c.CourseDirectory.ignore = [".ipynb_checkpoints", "__pycache__", "*.pyc", "*.py"]

# Formgrader releases and collects through this folder. Where students work on the same machine,
# name one that they may write to.
EXCHANGE = ROOM.results / "exchange"
EXCHANGE.mkdir(exist_ok=True)
c.Exchange.root = str(EXCHANGE)

c.ClearSolutions.code_stub = {"python": "raise NotImplementedError"}
c.GenerateAssignment.preprocessors = [
    *GenerateAssignment.preprocessors.default(),
    "autograder.plugin.Seal",
]

# Submissions are repaired as they are read, run in the airlock, and shown without hidden checks.
c.Autograde.exporter_class = "autograder.plugin.SubmissionExporter"
c.Autograde.sanitize_preprocessors = []
c.Autograde.autograde_preprocessors = [
    "autograder.plugin.AirlockExecute",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "autograder.plugin.LatePenalties",
]
c.GenerateFeedback.exporter_class = "autograder.plugin.FeedbackExporter"
c.GenerateFeedback.preprocessors = ["nbgrader.preprocessors.GetGrades"]

# Formgrader shows what a student wrote without a script, formulas without a network, and what
# cannot be seen written out.
c.HTMLExporter.extra_template_basedirs = [str(TEMPLATES), template_path]
c.HTMLExporter.filters = {
    "markdown2html": "autograder.pages.html.cell_markdown",
    "highlight_code": "autograder.pages.html.cell_code",
}

# nbgrader reads its own half-made objects; SQLAlchemy warns of each.
warnings.simplefilter("ignore", SAWarning)
