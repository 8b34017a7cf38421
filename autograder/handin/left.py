"""unsettled.csv: what came in and could not be used, with the reason, until it is settled.

`autograder collect` writes it. A row goes when what it is about is taken, when the same source is
collected again and has it no more, or when a person takes it out.
"""

import csv
import io
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from autograder import disk
from autograder.course import CourseError
from autograder.handin.spreadsheet import harmless, original

FILE = "unsettled.csv"


@dataclass(frozen=True)
class Left:
    """One file that could not be used; as text, a line.

    Attributes:
        source: what was collected: the whole path.
        where: the file's path in it, fit to be printed.
        why: it could not be used.
        content: SHA-256 of its bytes; '' where they were not read.
    """

    source: str
    where: str
    why: str
    content: str = ""

    def __str__(self) -> str:
        return f"{self.where} (from {self.source}): {self.why}"


_COLUMNS = [field.name for field in fields(Left)]


def read(results: Path) -> list[Left]:
    """Read what is unsettled in a class.

    Raises:
        CourseError: the file is not one of these.
    """
    path = results / FILE
    try:
        rows = list(csv.DictReader(io.StringIO(disk.text(path, results))))
    except FileNotFoundError:
        return []
    except (OSError, disk.Unreadable, csv.Error) as error:
        raise CourseError(f"{path}: {disk.why(error)}; take it away, and collect again") from None
    return [Left(*(original(row.get(name) or "") for name in _COLUMNS)) for row in rows]


def keep(results: Path, source: str, left: list[Left], used: set[str]) -> None:
    """Write what a source left, in place of what it left before.

    Args:
        results: the class's folder.
        source: what was collected.
        left: of it, what could not be used.
        used: SHA-256 of each file that was taken, from whatever source.
    """
    before, left = read(results), [one for one in left if one.content not in used]
    again = used | {one.content for one in left if one.content}
    now = [one for one in before if one.source != source and one.content not in again] + left
    if now == before:
        return
    file = io.StringIO()
    writer = csv.DictWriter(file, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    for one in now:
        writer.writerow({name: harmless(text) for name, text in asdict(one).items()})
    disk.write(results / FILE, file.getvalue().encode("utf-8", "backslashreplace"), below=results)
