"""nbgrader's settings for this course: its folders, and how cells are run."""

from pathlib import Path

from traitlets.config import get_config

c = get_config()

COURSE = Path(__file__).resolve().parent
CLASS = COURSE / "class"
CLASS.mkdir(exist_ok=True)  # SQLite makes no folders

c.CourseDirectory.course_id = "convbook"
c.CourseDirectory.root = str(COURSE)
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "notebooks"
c.CourseDirectory.submitted_directory = "class/submitted"
c.CourseDirectory.autograded_directory = "class/autograded"
c.CourseDirectory.feedback_directory = "class/feedback"
c.CourseDirectory.db_url = f"sqlite:///{CLASS / 'gradebook.db'}"
# The text sources hold the solutions.
c.CourseDirectory.ignore = [".ipynb_checkpoints", "__pycache__", "*.pyc", "*.py"]

c.ClearSolutions.code_stub = {"python": "raise NotImplementedError"}

# Submissions are repaired as they are read, run in the airlock, and shown without hidden checks.
c.Autograde.exporter_class = "autograder.plugin.SubmissionExporter"
c.Autograde.sanitize_preprocessors = []
c.Autograde.autograde_preprocessors = [
    "autograder.plugin.AirlockExecute",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
]
c.GenerateFeedback.exporter_class = "autograder.plugin.FeedbackExporter"
c.GenerateFeedback.preprocessors = ["nbgrader.preprocessors.GetGrades"]
