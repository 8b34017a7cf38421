"""Who is in a class, entered into nbgrader's gradebook: Formgrader shows names from there."""

from collections.abc import Iterable

from nbgrader.api import Gradebook, Student

from autograder.handin import roster, spelling


def enter(api: Gradebook, students: Iterable[roster.Student]) -> None:
    """Enter names, emails and a platform's ids.

    Args:
        api: the open gradebook.
        students: of the class's list; who is not in the gradebook comes into it.
    """
    there = {student.id: student for student in api.db.query(Student)}
    for who in students:
        first, last = spelling.parts(who.name)
        wanted = {
            "first_name": first,
            "last_name": last,
            "email": who.email or None,
            "lms_user_id": who.id or None,
        }
        entered = there.get(who.student)
        if entered is None:
            api.db.add(Student(id=who.student, **wanted))
            continue
        for name, value in wanted.items():
            if getattr(entered, name) != value:
                setattr(entered, name, value)
    api.db.commit()
