"""A download while its layout is read, and what it was taken for."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from autograder.handin.names import Label

Parts = tuple[str, ...]
Ask = Callable[[str, list[str]], int]  # a question and its answers to the number of one


@dataclass
class Download:
    """What is asked of a download while its layout is read.

    Attributes:
        source: what it is called.
        lessons: the names of the course's lessons.
        known: tells whether somebody of this name or folder is in the class.
        metadata: returns the bytes of one of its files, by number.
        contents: returns which lessons each file that may be work holds, by number.
        ask: asks a person; None where there is none.
    """

    source: str
    lessons: Collection[str]
    known: Callable[[str], bool]
    metadata: Callable[[int], bytes]
    contents: Callable[[], dict[int, Collection[str]]]
    ask: Ask | None = None


@dataclass
class Layout:
    """How a download is laid out.

    Attributes:
        kinds: what it was taken for, in words.
        labels: number of a file to those who handed it in.
        lists: the numbers of files that the platform made, and that were read for this.
    """

    kinds: list[str] = field(default_factory=list)
    labels: dict[int, tuple[Label, ...]] = field(default_factory=dict)
    lists: set[int] = field(default_factory=set)

    def __str__(self) -> str:
        who = {(x.name, x.id or x.email or x.number) for ls in self.labels.values() for x in ls}
        people = len({one for one in who if one[0]})
        return f"taken for {' and '.join(dict.fromkeys(self.kinds))}: {people} people"
