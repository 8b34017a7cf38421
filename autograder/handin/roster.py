"""students.csv: who is who in a class. Each student has a folder name that is safe everywhere.

Columns: student (the folder, and nbgrader's student id), name (as the source writes it), id (of the
learning platform), email. `autograder collect` adds rows and changes none, so the file may be
filled in, or written before the first collect: then names and ids are looked up in it.
"""

import csv
import hashlib
import io
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from autograder import disk
from autograder.course import CourseError
from autograder.handin.spreadsheet import harmless, original
from autograder.shown import one_line

FILE = "students.csv"
LONGEST = 64  # letters of a folder's name; nbgrader takes 128
# What Windows keeps for itself.
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


@dataclass(frozen=True)
class Student:
    """A row of students.csv."""

    student: str
    name: str
    id: str = ""
    email: str = ""


class Roster:
    """The students of a class. Use `read` to get one."""

    def __init__(self, path: Path, students: Iterable[Student]) -> None:
        self._path = path
        self._changed = False
        self._by_folder: dict[str, Student] = {}
        self._by_id: dict[str, Student] = {}
        self._by_name: dict[str, list[Student]] = {}
        for student in students:
            self._put(student)

    def named(self, name: str, id: str = "") -> Student:
        """Return the student of a name, or of a platform's id, which counts more; new if need be.

        Raises:
            CourseError: there are several of that name, and no id tells which.
        """
        name = composed(name)
        if id in self._by_id:
            return self._by_id[id]
        found = [s for s in self._by_name.get(name, []) if not (id and s.id)]
        if not id and not found and name.casefold() in self._by_folder:
            found = [self._by_folder[name.casefold()]]
        if len(found) > 1:
            who = ", ".join(s.student for s in found)
            raise CourseError(f"{FILE} has several students called {name} ({who})")
        return found[0] if found else self._add(name, id)

    def of(self, student: str) -> Student:
        """Return the row of a folder name, or one that holds no more than that."""
        return self._by_folder.get(student.casefold(), Student(student, student))

    def all(self) -> list[Student]:
        """Return every student."""
        return list(self._by_folder.values())

    def save(self) -> None:
        """Write the file, if students came in."""
        if not self._changed:
            return
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(field.name for field in fields(Student))
        for student in self._by_folder.values():
            writer.writerow(map(harmless, astuple(student)))
        disk.write(self._path, text.getvalue().encode())

    def _add(self, name: str, id: str) -> Student:
        submitted = self._path.parent / "submitted"
        folder = safe(name)
        someone = submitted.is_dir() and folder != name and (submitted / folder).exists()
        if folder.casefold() in self._by_folder or someone or not folder:
            digest = hashlib.sha256(f"{name}\n{id}".encode()).hexdigest()[:8]
            folder = f"{folder[: LONGEST - 9]}-{digest}".lstrip("-")
        student = Student(folder, name, id)
        self._put(student)
        self._changed = True
        return student

    def _put(self, student: Student) -> None:
        self._by_folder[student.student.casefold()] = student
        self._by_name.setdefault(student.name, []).append(student)
        if student.id:
            self._by_id[student.id] = student


def read(results: Path) -> Roster:
    """Read the roster of a class; an empty one where there is none.

    Raises:
        CourseError: the file is not one of these; the text says in which line.
    """
    path = results / FILE
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return Roster(path, [])
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"{path}: cannot be read ({type(error).__name__})") from None
    rows = csv.DictReader(io.StringIO(text))
    if not {"student", "name"} <= set(rows.fieldnames or ()):
        raise CourseError(f"{path}, line 1: needs the columns student, name, id, email")
    students = []
    seen: set[str] = set()
    for row in rows:
        values = {f.name: original((row.get(f.name) or "").strip()) for f in fields(Student)}
        student = Student(**values | {"name": composed(values["name"])})
        folder = student.student or safe(student.name)
        if not folder or folder != safe(folder) or folder.casefold() in seen:
            raise CourseError(
                f"{path}, line {rows.line_num}: {student.student!r} cannot be a student's folder:"
                " each needs one of its own, of letters, digits, '.', '@', '_' and '-'"
            )
        seen.add(folder.casefold())
        students.append(Student(folder, student.name or folder, student.id, student.email))
    return Roster(path, students)


def composed(name: str) -> str:
    """Return a name in one way of writing it: letters composed, single spaces, no control codes."""
    return one_line(unicodedata.normalize("NFC", name))


def safe(name: str) -> str:
    """Return a folder name for a student: ASCII, short, no path; '' where no letter is left."""
    name = name.replace("ß", "ss").replace("ø", "o").replace("Ø", "O").replace("ł", "l")
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^A-Za-z0-9.@_-]+", "_", plain)
    plain = plain.lstrip("@._-")[:LONGEST].rstrip("._-")
    return f"{plain}_" if _RESERVED.fullmatch(plain) else plain
