"""Where a gradebook lies: a SQLite file or a database server, by its SQLAlchemy address.

No text of an error shows a password.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nbgrader.api import InvalidEntry, MissingEntry
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from autograder.classroom.room import folder
from autograder.course import CourseError

DRIVER = "postgresql+psycopg"
ELSEWHERE = (
    "if the class was graded into another database, name it with --db; if not, autograder grade"
    " enters what is missing"
)


def address(db_url: str) -> URL:
    """Read an address; plain postgresql:// means psycopg, also to SQLAlchemy before 2.1.

    Raises:
        CourseError: it is none.
    """
    try:
        url = make_url(db_url)
    except (ArgumentError, ValueError):
        raise _no_address() from None
    if url.host and "@" in f"{url.host}{url.database}":
        raise _no_address()  # the rest of a password
    if url.drivername in ("postgresql", DRIVER):
        # Else a database that names no encoding, as in a bare container, gives bytes for text.
        query = {"client_encoding": "utf8", **url.query}
        url = url.set(drivername=DRIVER, query=query)
    return url


def file(url: URL) -> Path | None:
    """Return the file of a SQLite database, or None for a server."""
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def results(db_url: str) -> Path:
    """Return the folder of a class by its gradebook; for a server, the one nbgrader works in."""
    path = file(address(db_url))
    return path.parent if path else folder()


def whole(url: URL) -> str:
    """Return an address as text, with its password."""
    return url.render_as_string(hide_password=False)


@contextmanager
def explained(url: URL) -> Iterator[None]:
    """Turn what a database, or nbgrader in its name, complains about into a CourseError."""
    shown = url.set(password=None, query={}).render_as_string()
    try:
        yield
    except NoSuchModuleError:
        raise CourseError(f"{shown}: no database is called {url.drivername}; {_HOW}") from None
    except (DBAPIError, InvalidEntry) as error:
        cause = error if isinstance(error, DBAPIError) else error.__context__
        said = " ".join(str(getattr(cause, "orig", None) or error).split()).rstrip(".")
        raise CourseError(
            f"{shown}: {said}. Grades that were given are in the class's records: once the"
            " database can be used, the same command goes on"
        ) from error
    except MissingEntry as error:
        raise CourseError(f"{shown}: {error}: {ELSEWHERE}") from error


def driver_missing(url: URL, error: ImportError) -> CourseError:
    """Say how to get what Python needs to talk to a server."""
    what = '.venv/bin/pip install "psycopg[binary]"' if url.drivername == DRIVER else str(error)
    return CourseError(f"{url.drivername}: its driver is not installed: {what}")


_HOW = "write postgresql://USER@HOST/NAME, and in a password %40 for @"


def _no_address() -> CourseError:
    return CourseError(f"this is not a database's address; {_HOW}")
