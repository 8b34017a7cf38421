"""A platform's list of students: Canvas's gradebook, Moodle's participants or gradebook.

Which column is which is read from the first line, in the languages that are known here. Where that
says nothing, a column of addresses is one of emails, and names stand in the first columns.
"""

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from autograder import disk
from autograder.course import CourseError
from autograder.handin.spreadsheet import original
from autograder.shown import one_line

MOST = 100_000  # lines
HOWTO = "in a spreadsheet program, save it as CSV UTF-8"
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_TEST = {"student, test", "test student"}  # Canvas's own
# What a column is called, in small letters without what is no letter.
_WORDS = {
    "first": "firstname forename givenname vorname prénom nombre nome voornaam förnamn fornavn imię"
    " etunimi jméno keresztnév prenume имя імя 名 名字 이름 الاسمالأول",
    "last": "lastname surname familyname nachname familienname nom nomdefamille apellidos apellido"
    " cognome sobrenome apelido achternaam efternamn etternavn efternavn nazwisko sukunimi příjmení"
    " vezetéknév nume фамилия прізвище 姓 姓氏 성 اسمالعائلة",
    "name": "student name fullname studentname displayname firstnamelastname firstnamesurname"
    " vollständigername vornamenachname nomcomplet prénomnom nombrecompleto nomecompleto"
    " volledigenaam 氏名 姓名",
    "id": "id idnumber studentid idnummer matrikelnummer numérodidentification númerodeid"
    " numerodeid numeroid numerodiidentificazione numeridentyfikacyjny 学号 学籍番号",
    "email": "email emailaddress mail emailadresse adressedecourriel adresseemail courriel"
    " direccióndecorreo correoelectrónico correo indirizzoemail endereçodeemail emailadres"
    " epostadress epost adresemail メールアドレス 电子邮件地址 邮箱",
    "login": "sisloginid loginid",
}


@dataclass(frozen=True)
class Person:
    """One line of a list: whom it names, and the line."""

    name: str
    id: str
    email: str
    line: int


@dataclass(frozen=True)
class Listed:
    """A list of students.

    Attributes:
        kind: what it was taken for, and which column for what.
        people: whom it names.
        left: a line for each row that names nobody.
    """

    kind: str
    people: list[Person]
    left: list[str]


def read(content: bytes) -> Listed:
    """Read a list in any encoding and with any separator that platforms and spreadsheets write.

    Raises:
        CourseError: it is none; the text says what to do.
    """
    text, encoding = _text(content)
    lines = list(_lines(text))
    if not lines:
        raise CourseError("holds no line")
    (_, head), *rows = lines
    width = max(len(head), *(len(row) for _, row in rows), 0)
    head = [name.strip() or f"column {n}" for n, name in enumerate(head, start=1)]
    head += [f"column {n}" for n in range(len(head) + 1, width + 1)]
    found = _columns(head, [row for _, row in rows])
    is_canvas = {"student", "id"} <= {_bare(name) for name in head}
    people, left = [], []
    for line, row in rows:
        cells = {what: " ".join(_cells(row, places)) for what, places in found.items()}
        person = _person(cells, line)
        number = person.id if is_canvas else person.id or person.email
        if not person.name or not (number or found.keys() == {"name"}):
            left.append(f"line {line}: {one_line(','.join(row), 80)!r} has no id and no email")
        elif person.name.casefold() in _TEST or cells.get("name", "").casefold() in _TEST:
            left.append(f"line {line}: {person.name!r} is Canvas's own")
        else:
            people.append(person)
    said = (f"{what} from {' and '.join(map(head.__getitem__, ns))}" for what, ns in found.items())
    whose = "Canvas's gradebook" if is_canvas else "a list"
    return Listed(one_line(f"{whose} in {encoding}: {', '.join(said)}", 300), people, left)


def twice(people: list[Person]) -> set[str]:
    """Return the names that several have."""
    everybody = {(person.name, person.id, person.email) for person in people}
    return {name for name, times in Counter(name for name, *_ in everybody).items() if times > 1}


def _text(content: bytes) -> tuple[str, str]:
    """Return a text and its encoding."""
    if content[:2] == b"PK":
        raise CourseError(f"is a spreadsheet: {HOWTO}")
    if content.lstrip()[:1] == b"<":
        raise CourseError("is a web page, and no list: download it once more")
    try:
        kind = "UTF-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "UTF-8"
        return disk.decoded(content), kind
    except disk.Unreadable:
        pass
    for kind, zeros in (("utf-16-le", content[1::2]), ("utf-16-be", content[::2])):
        if 2 * zeros.count(0) > len(zeros):
            return content.decode(kind, "replace"), "UTF-16"
    try:
        return content.decode("cp1252"), "Windows-1252"
    except UnicodeDecodeError as error:
        raise CourseError(f"cannot be read ({one_line(error.reason, 80)}): {HOWTO}") from None


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the lines that hold something, with their numbers."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    first, _, rest = text.lstrip("\n").partition("\n")
    skipped = len(text) - len(text.lstrip("\n"))
    separator = re.fullmatch(r"\"?sep=(.)\"?", first.strip("\ufeff "), re.I)
    if separator:
        text, delimiter, skipped = rest, separator[1], skipped + 1
    else:
        text = text.lstrip("\n")
        delimiter = max(",;\t", key=lambda d: len(next(csv.reader([first], delimiter=d), [])))
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    try:
        for row in reader:
            if reader.line_num > MOST:
                raise CourseError(f"has more than {MOST} lines")
            if any(cell.strip() for cell in row):
                yield reader.line_num + skipped, row
    except csv.Error as error:
        raise CourseError(f"is no CSV file ({one_line(error, 80)}): {HOWTO}") from None


def _columns(head: list[str], rows: list[list[str]]) -> dict[str, list[int]]:
    """Return where name, id and email stand; a name may stand in two columns.

    Raises:
        CourseError: nobody can tell.
    """
    places: dict[str, int] = {}
    for number, name in enumerate(head):
        what = next((w for w, words in _WORDS.items() if _bare(name) in words.split()), "")
        if what and (what not in places or _bare(name) == "name"):
            places[what] = number
    if "email" not in places and (found := _emails(rows)) is not None:
        places["email"] = found
    own = [number for number in range(len(head)) if number not in places.values()]
    if "name" in places:
        names = [places["name"]]
    elif "first" in places and "last" in places:
        names = [places["first"], places["last"]]
    elif {"id", "email"} & places.keys() or {"first", "last"} & places.keys():
        words = [n for n in own if _is_words(rows, n)][:2]
        names = sorted({*words, *(places[x] for x in ("first", "last") if x in places)})[:2]
    else:
        names = []
    if not names:
        shown = one_line(", ".join(head), 200)
        raise CourseError(f"no column of it is one of names, ids or emails: it has {shown}")
    found_places = {"name": names}
    for what in ("id", "email"):
        if what in places:
            found_places[what] = [places[what]]
    if "email" not in places and "login" in places:
        found_places["email"] = [places["login"]]
    return found_places


def _emails(rows: list[list[str]]) -> int | None:
    """Return the column in which most cells are addresses."""
    counts = Counter(
        n for row in rows for n, cell in enumerate(row) if _EMAIL.fullmatch(cell.strip())
    )
    (number, most), *_ = counts.most_common(1) or [(0, 0)]
    return number if most and 2 * most > len(rows) else None


def _is_words(rows: list[list[str]], number: int) -> bool:
    """Tell whether most cells of a column are made of letters."""
    cells = [row[number].strip() for row in rows if len(row) > number]
    return 2 * sum(bool(c) and not re.search(r"[\d@]", c) for c in cells) > len(cells)


def _cells(row: list[str], places: list[int]) -> Iterator[str]:
    for place in places:
        if place < len(row) and (cell := original(row[place].strip())):
            yield cell


def _person(cells: dict[str, str], line: int) -> Person:
    email = cells.get("email", "")
    email = email if _EMAIL.fullmatch(email) else ""
    id = cells.get("id", "")
    last, comma, first = cells["name"].partition(",")
    name = f"{first.strip()} {last.strip()}" if comma and "," not in first else cells["name"]
    return Person(name.strip() or email, id, email, line)


def _bare(name: str) -> str:
    """Return what a column is called, in small letters without spaces and signs."""
    text = unicodedata.normalize("NFC", name).casefold()
    return "".join(c for c in text if c.isalnum() or unicodedata.category(c)[0] == "M")
