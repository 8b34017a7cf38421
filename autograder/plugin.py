"""What nbgrader's own commands use on this course: named in nbgrader_config.py.

They make `nbgrader autograde`, Formgrader's button and `nbgrader generate_feedback` do what
`autograder grade` does: repair what was handed in, run it in the airlock, and show only what is
public.
"""

import atexit
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import Exporter, NotebookExporter
from nbformat import NotebookNode
from nbgrader.preprocessors import AssignLatePenalties, NbGraderPreprocessor

from autograder.build.source import sealed
from autograder.classroom import database, gradebook, late, record
from autograder.classroom.room import class_at
from autograder.course import lessons
from autograder.feedback import exchange
from autograder.feedback.maker import Maker
from autograder.feedback.write import annotate
from autograder.grading import airlocks, fingerprint
from autograder.grading.grade import blank, grade
from autograder.handin import roster
from autograder.handin.reader import SubmissionError
from autograder.handin.submission import Submission, read
from autograder.released import finish

_maker = Maker()
atexit.register(airlocks.close)  # they stay open from one submission to the next
atexit.register(_maker.close)

# Fingerprint and notes of what is being graded, by database, lesson and student. nbgrader reads a
# submission twice, the second time from its own cleaned copy: the first is what was handed in.
_handed_in: dict[tuple[str, str, str], tuple[str, list[str]]] = {}


class SubmissionExporter(NotebookExporter):
    """Reads a submission leniently: whatever it is, a notebook of the lesson comes out."""

    def from_filename(self, filename: str, resources: Any = None, **kwargs: Any) -> Any:
        """Read and reconcile a file. One that cannot be read becomes a blank one that says why."""
        lesson = lessons()[resources["nbgrader"]["assignment"]]
        try:
            handed_in = read(Path(filename), lesson)
            cells, notes = handed_in.cells, handed_in.notes
        except SubmissionError as error:
            self.log.error("%s", error)
            cells, notes = blank(lesson, str(error)).cells, [str(error)]
        for note in notes:
            self.log.info("%s: %s", filename, note)
        _handed_in.setdefault(_key(resources), (fingerprint.file(Path(filename)), notes))
        return self.from_notebook_node(cells, resources=resources, **kwargs)


class AirlockExecute(NbGraderPreprocessor):
    """Runs the cells in the airlock, in the place of nbgrader's Execute."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        lesson = lessons()[resources["nbgrader"]["assignment"]]
        taken, notes = _handed_in.pop(_key(resources))
        with airlocks.airlock(lesson, None) as airlock:
            result = grade(Submission(lesson, nb, notes), airlock)
        names = resources["nbgrader"]
        results, student = database.results(names["db_url"]), names["student"]
        came = class_at(results).came(student, lesson)
        with record.opened(results) as ledger:
            ledger.append(record.of(student, result, lesson, taken, handed_in=came))
        return nbformat.from_dict(result.cells), resources


class LatePenalties(AssignLatePenalties):
    """Enters what lateness costs by the class's policy.toml; where there is none, as nbgrader does.

    nbgrader's own plugin is not told which lesson it is about, and free days go over all lessons.
    """

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        names = resources["nbgrader"]
        room = class_at(database.results(names["db_url"]))
        rules, (came, _) = late.rules_of(room), late.came_of(room, names["student"])
        with gradebook.opened(names["db_url"]) as book:
            # nbgrader itself takes an offset of hours for one of seconds.
            whose = names["student"], names["assignment"]
            book.came(*whose, room.came(whose[0], lessons()[whose[1]]))
            if rules:
                late.charge(book.api, rules, came)
        return (nb, resources) if rules else super().preprocess(nb, resources)


class Seal(NbGraderPreprocessor):
    """Finishes a released notebook, and puts its fingerprint into it: the last step."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        finish(nb)
        return sealed(nb), resources


class FeedbackExporter(Exporter):
    """Writes the feedback page in the place of nbconvert's HTML."""

    file_extension = ".html"
    output_mimetype = "text/html"

    def from_notebook_node(self, nb: NotebookNode, resources: Any = None, **kwargs: Any) -> Any:
        cells, resources = super().from_notebook_node(nbformat.from_dict(nb), resources, **kwargs)
        names = resources["nbgrader"]
        room = class_at(database.results(names["db_url"]), db_url=names["db_url"])
        times, students = late.enter(room, names["student"]), roster.read(room.results)
        with gradebook.opened(room.db_url) as book:
            lesson = lessons()[names["assignment"]]
            annotate(cells, names["student"], lesson, book, times, students)
        content, problem = _maker.page(cells, names["notebook"])
        if problem:
            self.log.warning("%s: %s", names["student"], problem)
        exchange.write(room, names["student"], lesson)
        return content.decode(), resources


def _key(resources: Any) -> tuple[str, str, str]:
    names = resources["nbgrader"]
    return names["db_url"], names["assignment"], names["student"]
