"""What nbgrader's release_feedback needs beside a page: the time of the work, and its secret.

Work that did not come through nbgrader has none. It gets a secret that nobody knows, as all of a
class is released at once: its student looks for no feedback there.
"""

import secrets

from autograder import disk
from autograder.classroom.room import Classroom
from autograder.course import CourseError, Lesson
from autograder.handin import secret, timestamp


def write(room: Classroom, student: str, lesson: Lesson) -> None:
    """Write time and secret beside the page of a student.

    Raises:
        OSError: that cannot be done.
    """
    came, target = room.submitted / student / lesson.name, room.feedback / student / lesson.name
    try:
        when = room.came(student, lesson)
    except CourseError:  # that is said where the page is made
        when = None
    said = timestamp.line(when) if when else ""
    disk.write(target / timestamp.FILE, said.encode(), below=room.results)
    known = secret.read(came, room.submitted) or secret.read(target, room.results)
    secret.write(target, known or secrets.token_hex(64).encode(), room.results)
