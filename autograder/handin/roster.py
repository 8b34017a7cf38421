"""students.csv: who is who in a class. Each student has a folder name that is safe everywhere.

Columns: student (the folder, and nbgrader's student id), name (as the source writes it), id (of the
learning platform), email. `autograder collect` adds rows, and an id where a row has none. So the
file may be filled in, have more columns, or be written before the first collect: then names and ids
are looked up in it.
"""

import csv
import hashlib
import io
import os
from dataclasses import asdict, dataclass, fields, replace
from functools import cached_property
from pathlib import Path

from autograder import disk
from autograder.course import CourseError
from autograder.handin.names import Label
from autograder.handin.spelling import LONGEST, filed, key, safe, written
from autograder.handin.spreadsheet import harmless, original
from autograder.shown import one_line

FILE = "students.csv"
LONGEST_NAME = 400  # characters of a name, those that cannot be seen as they are shown


@dataclass(frozen=True)
class Student:
    """A row of students.csv."""

    student: str
    name: str
    id: str = ""
    email: str = ""


class Roster:
    """The students of a class. Use `read` to get one."""

    def __init__(self, path: Path, table: "_Table") -> None:
        self._path = path
        self._table = table
        self._by_folder: dict[str, Student] = {}
        self._by: dict[tuple[str, str], list[str]] = {}  # what is looked up to whose folders
        for row in table.rows:
            self._put(_student(row))

    def named(self, who: Label) -> Student:
        """Return whose a label is, new if need be. A platform's number counts more than a name.

        Raises:
            CourseError: it is not certain who is meant; the text says what to do.
        """
        known = self._by_number(who)
        if known:
            return known
        name = written(who.name)
        if not 0 < len(name) <= LONGEST_NAME:
            raise CourseError(f"a name has 1 to {LONGEST_NAME} characters, this {len(name)}")
        found = self._of_name(name, who)
        if len(found) > 1:
            them = ", ".join(s.student for s in found)
            raise CourseError(f"{FILE} has several students called {one_line(name)} ({them})")
        if found:
            return self._filled(found[0], who)
        alike = [key(name)]
        if who.source == "moodle":  # which may put a group before it: Team 1-Ada Lovelace
            alike += [key(name[n + 1 :]) for n, letter in enumerate(name) if letter == "-"]
        for other in (s for one in alike for s in self._others(self._with("key", one), who)):
            raise CourseError(
                f"is {one_line(name)!r} the student {one_line(other.name)!r} of {FILE}, whose"
                f" folder is {other.student}? If so, write the name in that way; if not, add a"
                f" row for this one to {FILE}"
            )
        return self._add(name, who)

    def learn(self, name: str, id: str, email: str) -> bool:
        """Take in what a platform's list says of a student; tell whether that says more than a row.

        A name of the list counts more than one that was read from files; ids and emails stay.

        Raises:
            CourseError: it is not certain who is meant.
        """
        who, before = Label(name, "list", id=id, email=email), self.text
        known = self._by_number(who)
        student = self._filled(known or self.named(who), who)
        if known and known.name != written(name):
            self._write(student, replace(student, name=written(name)))
        return self.text != before

    @property
    def text(self) -> str:
        """All rows, as the file holds them."""
        return self._table.text

    def knows(self, name: str) -> bool:
        """Tell whether somebody of this name, folder, id or email is in the class."""
        name = written(name)
        named = self.called(name) or self._with("filed", name)
        return bool(named) or self._folders.get(name.casefold()) == name

    def called(self, said: str) -> list[str]:
        """Return the folders of those who have this folder, name, id or email."""
        what = {"student": said, "name": written(said), "id": said, "email": said.casefold()}
        found = (self._with(*pair) for pair in what.items())
        return list(dict.fromkeys(s.student for some in found for s in some))

    def has(self, name: str) -> bool:
        """Tell whether a row says this very name."""
        return bool(self._with("name", written(name)))

    def without_id(self, name: str) -> bool:
        """Tell whether a row of this name holds no number of a platform."""
        return any(not s.id for s in self._with("name", written(name)))

    def of(self, student: str) -> Student:
        """Return the row of a folder name, or one that holds no more than that."""
        return self._by_folder.get(student.casefold(), Student(student, student))

    def all(self) -> list[Student]:
        """Return every student."""
        return list(self._by_folder.values())

    def _with(self, what: str, value: str) -> list[Student]:
        return [self._by_folder[folder] for folder in self._by.get((what, value), ())]

    def _put(self, student: Student) -> None:
        folder = student.student.casefold()
        self._by_folder[folder] = student
        wanted = {(what, value) for what, value in asdict(student).items() if value}
        wanted |= {("key", key(student.name)), ("key", key(student.student))}
        wanted |= {("filed", filed(student.name))}
        wanted.add(("email", student.email.casefold()))
        for one in wanted:
            theirs = self._by.setdefault(one, [])
            if folder not in theirs:
                theirs.append(folder)

    def _by_number(self, who: Label) -> Student | None:
        found = self._with("id", who.id) if who.id else []
        if who.email and not found:
            found = self._with("email", who.email.casefold())
        return found[0] if len(found) == 1 else None

    def _others(self, students: list[Student], who: Label) -> list[Student]:
        """Return of some students those who may be meant: who have no other number."""
        return [s for s in students if not ((who.id and s.id) or (who.email and s.email))]

    def _of_name(self, name: str, who: Label) -> list[Student]:
        """Return the students of a name. A platform's users choose theirs: it is no folder's."""
        is_folder = who.source in ("folder", "exchange")
        own = self._with("student", name) if is_folder else []
        if own and who.source == "exchange":
            return own
        if is_folder:  # teachers and nbgrader name it after what tells students apart
            own = [*own, *self._with("id", name), *self._with("email", name.casefold())]
        named = self._with("name", name)
        if who.source == "moodle":
            named = named or self._with("filed", name)
        return self._others(list(dict.fromkeys([*own, *named])), who)

    def _filled(self, student: Student, who: Label) -> Student:
        """Write a number into the row that lacks it: the next of that name is somebody else."""
        if not who.id and not who.email:
            return student
        filled = replace(student, id=student.id or who.id, email=student.email or who.email)
        return self._write(student, filled)

    def _write(self, before: Student, student: Student) -> Student:
        """Write what is known of a student into the row."""
        if student != before:
            self._table.fill(list(self._by_folder).index(student.student.casefold()), student)
            self._put(student)
            self._save()
        return student

    @cached_property
    def _folders(self) -> dict[str, str]:
        """The folders of those who had handed in when this was read, by their small letters."""
        submitted = self._path.parent / "submitted"
        found = os.listdir(submitted) if submitted.is_dir() else []
        return {folder.casefold(): folder for folder in found}

    def _add(self, name: str, who: Label) -> Student:
        folder = safe(name)
        small = folder.casefold()
        if not folder or small in self._by_folder or self._folders.get(small, name) != name:
            digest = hashlib.sha256(f"{name}\n{who.id or who.email}".encode()).hexdigest()[:8]
            folder = f"{folder[: LONGEST - 9]}-{digest}".lstrip("-")
        student = Student(folder, name, who.id, who.email)
        self._put(student)
        self._table.add(asdict(student))
        self._save()  # before the first file: who was interrupted is known the next time
        return student

    def _save(self) -> None:
        disk.write(self._path, self._table.text.encode(), below=self._path.parent)


class _Table:
    """The rows of students.csv with all their columns, whoever wrote them."""

    def __init__(self, columns: list[str], delimiter: str) -> None:
        self._columns = [*columns, *(c for c in _COLUMNS if c not in columns)]
        self._delimiter = delimiter
        self.rows: list[dict[str, str]] = []
        self._lines = [self._line({name: name for name in self._columns})]

    @property
    def text(self) -> str:
        return "".join(self._lines)

    def add(self, row: dict[str, str]) -> None:
        self.rows.append(row)
        own = {name: harmless(row.get(name) or "") for name in _COLUMNS}
        self._lines.append(self._line(row | own))

    def fill(self, number: int, student: Student) -> None:
        """Write a student's cells into a row."""
        rows, lines = self.rows, self._lines
        self.rows, self._lines = rows[:number], lines[: number + 1]
        self.add(rows[number] | asdict(student))
        self.rows, self._lines = self.rows + rows[number + 1 :], self._lines + lines[number + 2 :]

    def _line(self, row: dict[str, str]) -> str:
        file = io.StringIO()
        csv.DictWriter(
            file, self._columns, "", "ignore", lineterminator="\n", delimiter=self._delimiter
        ).writerow(row)
        return file.getvalue()


_COLUMNS = [field.name for field in fields(Student)]


def read(results: Path) -> Roster:
    """Read the roster of a class; an empty one where there is none.

    Raises:
        CourseError: the file is not one of these; the text says in which line.
    """
    path = results / FILE
    try:
        return Roster(path, _table(path, disk.text(path)))
    except FileNotFoundError:
        return Roster(path, _Table(_COLUMNS, ","))
    except (OSError, disk.Unreadable) as error:
        how = "; in a spreadsheet program, save it as CSV UTF-8" * isinstance(error, ValueError)
        raise CourseError(f"{path}: {disk.why(error)}{how}") from None
    except csv.Error as error:
        raise CourseError(f"{path}: is no CSV file ({one_line(error, 80)})") from None


def _table(path: Path, text: str) -> _Table:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.DictReader(io.StringIO(text), delimiter=delimiter)
    columns = list(reader.fieldnames or ())
    if not {"student", "name"} <= set(columns):
        how = "a download of Canvas or Moodle is taken in by autograder students FILE"
        raise CourseError(f"{path}, line 1: needs the columns student, name, id, email; {how}")
    table, folders, ids = _Table(columns, delimiter), set[str](), set[str]()
    for row in reader:
        place = f"{path}, line {reader.line_num}"
        if None in row:
            what = "has more cells than the first line: a comma in a name needs quotes around it"
            raise CourseError(f"{place}: {what}")
        student = _student(row)
        folder = student.student
        if not folder or folder != safe(folder) or folder.casefold() in folders:
            raise CourseError(
                f"{place}: {one_line(folder, 80)!r} cannot be a student's folder:"
                " each needs one of its own, of letters, digits, '.', '@', '_' and '-'"
            )
        if student.id and student.id in ids:
            raise CourseError(f"{place}: {one_line(student.id, 80)!r} is another student's id")
        folders.add(folder.casefold())
        ids.add(student.id)
        table.add(row)
    return table


def _student(row: dict[str, str]) -> Student:
    values = {name: original((row.get(name) or "").strip()) for name in _COLUMNS}
    name = written(values["name"])
    folder = values["student"] or safe(name)
    return Student(folder, name or folder, values["id"], values["email"])
