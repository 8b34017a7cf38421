"""Notebooks handed in as archives, and archives that want more than to be read.

Each holds a notebook: a right one where the archive is in order, a wrong one where it is not, so
that the honest score is 0 whether the archive is refused or read.
"""

import io
import stat
import tarfile
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

from attacks.case import FILE, Case, Make, notebook, raw, text
from attacks.cases.bad_input import neighbours
from attacks.target import FULL, LESSON, WRONG

ZIP, TAR = f"{LESSON}.zip", f"{LESSON}.tar.gz"
Members = Callable[[Path], list[tuple[str, bytes]]]


def right() -> bytes:
    return text(notebook())


def wrong() -> bytes:
    return text(notebook(**WRONG))


def taken(name: str, tries: str, make: Make) -> Case:
    """An archive that is in order."""
    return Case("archives", name, tries, make, FULL)


def harmless(name: str, tries: str, make: Make) -> Case:
    """An archive that must do no harm, whatever is made of it."""
    return Case("archives", name, tries, make, 0)


def refused(name: str, tries: str, make: Make) -> Case:
    """An archive that cannot be taken, and one line must say so."""
    return Case("archives", name, tries, make, 0, says_why=True)


def zipped(*members: tuple[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a name that stands twice
        for name, content in members:
            info = zipfile.ZipInfo(name)
            info.filename = name  # with the backslashes that ZipInfo would turn round
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return file.getvalue()


def tarred(*members: tuple[str, bytes] | tarfile.TarInfo, mode: str = "w:gz") -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=mode) as archive:
        for member in members:
            if isinstance(member, tarfile.TarInfo):
                archive.addfile(member)
            else:
                info = tarfile.TarInfo(member[0])
                info.size = len(member[1])
                archive.addfile(info, io.BytesIO(member[1]))
    return file.getvalue()


def entry(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    """Return a member of a tar file that is no plain file."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.mode = kind, target, 0o644
    info.devmajor, info.devminor = 1, 5
    return info


def zip_of(*extra: tuple[str, bytes]) -> Make:
    """A zip file of a wrong notebook and these members."""
    return raw(lambda: zipped((FILE, wrong()), *extra), ZIP)


def tar_of(*extra: tuple[str, bytes] | tarfile.TarInfo) -> Make:
    """A tar file of a wrong notebook and these members."""
    return raw(lambda: tarred((FILE, wrong()), *extra), TAR)


def over_neighbour(pack: Callable[..., bytes], file_name: str) -> Make:
    """Lead out of the folder to the next student's notebook."""

    def make(folder: Path) -> None:
        content = pack((FILE, wrong()), (neighbours(folder), wrong()))
        raw(content, file_name)(folder)

    return make


def link_as_notebook(kind: bytes) -> Make:
    def make(folder: Path) -> None:
        raw(tarred(entry(FILE, kind, neighbours(folder))), TAR)(folder)

    return make


def zip_link(folder: Path) -> None:
    """The member is marked as a symbolic link; its content is where it leads."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        info = zipfile.ZipInfo(FILE)
        info.create_system = 3
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, neighbours(folder))
    raw(file.getvalue(), ZIP)(folder)


def encrypted() -> bytes:
    """Set the flag of a password in both headers."""
    content = bytearray(zipped((FILE, wrong())))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def lying() -> bytes:
    """Say in both headers that the notebook has 10 bytes."""
    content = bytearray(zipped((FILE, wrong())))
    content[22:26] = (10).to_bytes(4, "little")
    at = content.index(b"PK\x01\x02")
    content[at + 24 : at + 28] = (10).to_bytes(4, "little")
    return bytes(content)


def bomb() -> bytes:
    return zipped((FILE, bytes(300 << 20)))


def nested() -> bytes:
    inner = zipped(("zeros.bin", bytes(40 << 20)))
    middle = zipped(*((f"{number}.zip", inner) for number in range(10)))
    return zipped(*((f"{number}.zip", middle) for number in range(10)))


def understated() -> bytes:
    """A bomb that says it is small."""
    content = bytearray(bomb())
    at = content.index(b"PK\x01\x02")
    content[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    return bytes(content)


OUT = "../../../../left-by-attack.txt"
MANY = tuple((f"{number}.txt", b"") for number in range(1500))

CASES = [
    taken("zip", "a right notebook", raw(lambda: zipped((FILE, right())), ZIP)),
    taken("tar.gz", "a right notebook", raw(lambda: tarred((FILE, right())), TAR)),
    taken(
        "folder and leftovers",
        "a right notebook in a folder, beside what macOS and Jupyter leave",
        raw(
            lambda: zipped(
                (f"work/{FILE}", right()),
                (f"__MACOSX/work/._{FILE}", b"\x00\x05"),
                (f"work/.ipynb_checkpoints/{LESSON}-checkpoint.ipynb", wrong()),
            ),
            ZIP,
        ),
    ),
    harmless("zip slip", "a name that leads out", zip_of((OUT, b"x"))),
    harmless("absolute name", "a name that starts at /", zip_of(("/tmp/left-by-attack", b"x"))),
    harmless("backslashes", "a name out by backslashes", zip_of((OUT.replace("/", "\\"), b"x"))),
    harmless("over a neighbour, zip", "another student's notebook", over_neighbour(zipped, ZIP)),
    harmless("over a neighbour, tar", "another student's notebook", over_neighbour(tarred, TAR)),
    harmless("tar slip", "a name that leads out", tar_of((OUT, b"x"))),
    harmless(
        "link to a folder",
        "a link, then a file through it",
        tar_of(entry("d", tarfile.SYMTYPE, "../../../.."), ("d/left-by-attack.txt", b"x")),
    ),
    harmless("symbolic link, tar", "to a neighbour's notebook", link_as_notebook(tarfile.SYMTYPE)),
    harmless("hard link, tar", "to a neighbour's notebook", link_as_notebook(tarfile.LNKTYPE)),
    harmless("symbolic link, zip", "to a neighbour's notebook", zip_link),
    harmless("1500 members", "many small files", zip_of(*MANY)),
    harmless(
        "one name twice",
        "two notebooks of one name",
        raw(lambda: zipped((FILE, wrong()), (FILE, wrong())), ZIP),
    ),
    refused("bomb", "300 MiB in 300 kB", raw(bomb, ZIP)),
    refused("bomb that looks small", "the same, said to have 1000 bytes", raw(understated, ZIP)),
    refused("nested bomb", "4 GB, two archives deep", raw(nested, ZIP)),
    refused("tar bomb", "300 MiB in a tar.gz", raw(lambda: tarred((FILE, bytes(300 << 20))), TAR)),
    refused(
        "pipe", "a pipe in the notebook's place", raw(tarred(entry(FILE, tarfile.FIFOTYPE)), TAR)
    ),
    refused("device", "/dev/zero in its place", raw(tarred(entry(FILE, tarfile.CHRTYPE)), TAR)),
    refused("password", "an encrypted notebook", raw(encrypted, ZIP)),
    refused("lying size", "the notebook is said to have 10 bytes", raw(lying, ZIP)),
    refused("cut off, zip", "half an archive", raw(lambda: zipped((FILE, wrong()))[:900], ZIP)),
    refused("cut off, tar", "half an archive", raw(lambda: tarred((FILE, wrong()))[:900], TAR)),
    refused("wrong ending", "a tar file called .zip", raw(lambda: tarred((FILE, wrong())), ZIP)),
    refused(
        "zip called notebook", "a zip called .ipynb", raw(lambda: zipped((FILE, wrong())), FILE)
    ),
    refused("unknown archive", "a .rar file", raw(b"Rar!\x1a\x07\x00" * 100, f"{LESSON}.rar")),
    refused(
        "two notebooks",
        "neither is called as the lesson is",
        raw(lambda: zipped(("a.ipynb", wrong()), ("b.ipynb", wrong())), ZIP),
    ),
    refused("no notebook inside", "only a text", raw(zipped(("notes.txt", b"x")), ZIP)),
]
