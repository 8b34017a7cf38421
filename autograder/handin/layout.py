"""Whose each file of a download is: read from how the whole of it is laid out.

Students name files, and pack folders. So no name of a file decides alone: what stands at the top of
a download was put there by a platform or a teacher, and says whose all below it is. It is read as a
platform's if more than half of it is named in that platform's way. Else the folder or file at the
top is named after the student: `ada/work.ipynb`, `ada.zip`; below a folder of a lesson's name, too.

One folder around all may be packed around a class, or be one student's. That is decided by who is
known already, by platforms' names in it, by one lesson that is there twice. Where it stays open, it
is asked.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace

from autograder.course import CourseError
from autograder.handin import gradescope, moodles, names
from autograder.handin.archive import SUFFIXES
from autograder.handin.download import Download, Layout, Parts
from autograder.handin.names import Label, stem_of
from autograder.shown import one_line

WRAPPERS = {"submitted", "submissions"}  # nbgrader's own folder of all students, and others'
_MOODLE = "Moodle's download"
_KINDS = {
    "nbgrader's exchange": names.exchange,
    _MOODLE: names.moodle,
    "Canvas's download": names.canvas,
}
# Whether a platform names folders, or files; Moodle does both.
_IS_FOLDER = {"exchange": True, "canvas": False, "moodle": None}
_BY_HAND = "a folder or a file for each student"


def layout(files: dict[int, Parts], work: Collection[int], download: Download) -> Layout:
    """Read how a download is laid out.

    Args:
        files: number to path, folder by folder, of all files.
        work: the numbers of those that may be somebody's work.
        download: what else can be asked of it.

    Raises:
        CourseError: it can be read in two ways, and nobody is there to be asked.
    """
    return _Reading(files, download).read(set(work))


class _Reading:
    def __init__(self, files: dict[int, Parts], download: Download) -> None:
        self._files = files
        self._download = download
        self._found = Layout()
        self._is_settled = False  # whether a person said who handed in

    def read(self, work: set[int]) -> Layout:
        self._read(work, 0)
        return self._found

    def _read(self, work: Iterable[int], depth: int) -> None:
        """Say whose files are, of which so many parts of the path are around all."""
        tops = self._tops(work, depth)
        if not tops or self._gradescope(tops, depth) or self._platform(tops, depth):
            return
        around = [top for top in tops if self._is_around(top, tops[top], depth)]
        for top in around:
            self._read(tops.pop(top), depth + 1)
        if len(tops) == 1 and not around:
            ((top, inside),) = tops.items()
            if self._is_folder(inside, depth):
                below = self._single(inside, depth + 1)
                if self._holds_many(top, inside, depth + 1, below):
                    self._read(inside, below)
                    return
        elif self._are_groups(tops, depth):
            for inside in tops.values():
                self._read(inside, depth + 1)
            return
        if tops:
            self._found.kinds.append(_BY_HAND)
        for top, inside in tops.items():
            self._by_hand(top, inside, depth)

    def _tops(self, work: Iterable[int], depth: int) -> dict[str, list[int]]:
        tops: dict[str, list[int]] = {}
        for number in sorted(work):
            tops.setdefault(self._files[number][depth], []).append(number)
        return tops

    def _is_folder(self, inside: list[int], depth: int) -> bool:
        return all(len(self._files[number]) > depth + 1 for number in inside)

    def _is_around(self, top: str, inside: list[int], depth: int) -> bool:
        """Tell a folder that is named after a lesson, or as folders of all students are."""
        named = top in self._download.lessons or top in WRAPPERS
        return named and self._is_folder(inside, depth)

    def _gradescope(self, tops: dict[str, list[int]], depth: int) -> bool:
        """Read Gradescope's export; tell whether it is one."""
        if not all(gradescope.is_folder(top) for top in tops):
            return False
        (one, *_), *_ = tops.values()
        wanted = (*self._files[one][:depth], gradescope.FILE)
        found = next((n for n, parts in self._files.items() if parts == wanted), None)
        if found is None:
            return False
        people = gradescope.read(self._download.metadata(found))
        self._found.lists.add(found)
        nobody = (Label("", "gradescope", problem=f"is not in {gradescope.FILE}"),)
        for top, inside in tops.items():
            self._label(inside, people.get(top) or nobody)
        self._found.kinds.append("Gradescope's export")
        return True

    def _platform(self, tops: dict[str, list[int]], depth: int) -> bool:
        """Read a download in which most is named in the way of one platform."""
        for kind, name in _KINDS.items():
            labels = self._named(tops, name, depth)
            if 2 * len(labels) > len(tops) and _is_sound(labels.values()):
                if kind == _MOODLE:
                    labels = moodles.people(labels, self._download.known)
                place = "/".join(self._files[next(iter(tops.values()))[0]][:depth])
                for top, inside in tops.items():
                    problem = f"is not named as all others of {kind} are: put it into {_PLACE}"
                    label = labels.get(top) or Label("", "folder", problem=problem)
                    self._label(inside, (replace(label, download=place, given=top),))
                self._found.kinds.append(kind)
                return True
        return False

    def _named(
        self, tops: dict[str, list[int]], name: Callable[[str], Label | None], depth: int
    ) -> dict[str, Label]:
        found = {}
        for top, inside in tops.items():
            is_folder = self._is_folder(inside, depth)
            label = name(top)
            if label and _IS_FOLDER[label.source] in (is_folder, None):
                found[top] = label
        return found

    def _by_hand(self, top: str, inside: list[int], depth: int) -> None:
        """Say whose a folder or file is that is named after its student."""
        if self._is_folder(inside, depth):
            name = top
        else:
            name = "" if stem_of(top) in self._download.lessons else stem_of(top)
        label = Label(name, "folder", problem=self._may_be_many(top, inside, depth))
        for kind, read in _KINDS.items():
            if self._named({top: inside}, read, depth):
                problem = f"is named as in {kind}, which this is not: put it into {_PLACE}"
                label = Label("", "folder", problem=problem)
        self._label(inside, (label,))

    def _may_be_many(self, top: str, inside: list[int], depth: int) -> str:
        """Say that a folder of one student may hold several: one lesson is in two folders of it."""
        if self._is_settled or self._download.known(top) or not self._is_folder(inside, depth):
            return ""
        below = self._single(inside, depth + 1)
        people, _ = self._people(inside, below)
        if not self._is_twice(people, below):
            return ""
        inner = " and ".join(one_line(name, 40) for name in list(people)[:3])
        return (
            f"{one_line(top, 80)} holds one lesson in several folders ({inner}): if it is one"
            " student, add a row for it to students.csv; if they are, collect that folder by itself"
        )

    def _label(self, numbers: Iterable[int], labels: tuple[Label, ...]) -> None:
        self._found.labels |= dict.fromkeys(numbers, labels)

    def _single(self, inside: list[int], depth: int) -> int:
        """Return how deep the first folder is that holds more than one folder."""
        while len(tops := self._tops(inside, depth)) == 1 and self._is_folder(inside, depth):
            (top,) = tops
            if top in self._download.lessons or gradescope.is_folder(top):
                break
            depth += 1
        return depth

    def _holds_many(self, top: str, inside: list[int], first: int, depth: int) -> bool:
        """Tell whether one folder around all is packed around a class; if not, it is a student's.

        Args:
            top: the folder.
            inside: all that is in it.
            first, depth: from where folders hold one folder each, up to where they hold more.

        Raises:
            CourseError: it may be both.
        """
        people, loose = self._people(inside, depth)
        known = self._download.known
        between = self._files[inside[0]][first:depth]
        if known(top) or not people:
            return False
        if self._is_platform(inside, depth):
            return True
        if any(map(known, between)):
            return self._asked(top, between)
        if len(people) == 1:
            return any(map(known, people)) and self._asked(top, people)
        if loose:
            return self._asked(top, people)
        packed = all(self._is_packed(numbers, depth) for numbers in people.values())
        if any(map(known, people)) or packed or self._is_twice(people, depth):
            return True
        return self._asked(top, people)

    def _is_platform(self, inside: list[int], depth: int) -> bool:
        """Tell a platform's download of several; one name alone may be one that a student gave."""
        tops, around = self._tops(inside, depth), self._files[inside[0]][:depth]
        if all(gradescope.is_folder(top) for top in tops):
            is_listed = (*around, gradescope.FILE) in self._files.values()
            return is_listed and (len(tops) > 1 or gradescope.is_export(around[-1]))
        several = [self._named(tops, name, depth) for name in _KINDS.values()]
        return any(len(one) == len(tops) > 1 and _is_sound(one.values()) for one in several)

    def _are_groups(self, tops: dict[str, list[int]], depth: int) -> bool:
        """Tell whether each of several folders holds a whole download.

        Raises:
            CourseError: they may be, or each may be a student's.
        """
        if len(tops) < 2 or any(map(self._download.known, tops)):
            return False
        if not all(self._is_folder(inside, depth) for inside in tops.values()):
            return False
        if all(self._is_platform(inside, depth + 1) for inside in tops.values()):
            return True
        people = [self._people(inside, depth + 1)[0] for inside in tops.values()]
        if all(len(p) > 1 and self._is_twice(p, depth + 1) for p in people):
            return self._asked(" and ".join(tops), {name: [] for p in people for name in p})
        return False

    def _people(self, numbers: Iterable[int], depth: int) -> tuple[dict[str, list[int]], list[int]]:
        """Return what may be named after students, with their files; and files of nobody's."""
        people: dict[str, list[int]] = {}
        loose = []
        for number in numbers:
            *folders, name = self._files[number][depth:]
            around = {*self._download.lessons, *WRAPPERS}
            found = next((f for f in folders if f not in around), stem_of(name))
            if found in self._download.lessons:
                loose.append(number)
            else:
                people.setdefault(found, []).append(number)
        return people, loose

    def _is_packed(self, numbers: list[int], depth: int) -> bool:
        """Tell whether somebody's files are one archive, in no folder."""
        *around, name = self._files[numbers[0]]
        return len(numbers) == 1 and len(around) == depth and name.lower().endswith(SUFFIXES)

    def _is_twice(self, people: dict[str, list[int]], depth: int) -> bool:
        """Tell whether one lesson is in the folders of two."""
        folders = [ns for ns in people.values() if self._is_folder(ns, depth)]
        if len(folders) < 2:
            return False
        by_path = [{p for n in ns for p in self._lessons_named(n)} for ns in folders]
        if _overlap(by_path):
            return True
        held = self._download.contents()
        return _overlap([{lesson for n in ns for lesson in held.get(n, ())} for ns in folders])

    def _lessons_named(self, number: int) -> set[str]:
        parts = self._files[number]
        return {*parts, stem_of(parts[-1])} & set(self._download.lessons)

    def _asked(self, top: str, people: Iterable[str]) -> bool:
        """Ask whether a folder holds several students, or is one's own."""
        inner = ", ".join(one_line(name, 40) for name in list(people)[:5])
        top = one_line(top, 80)
        answers = [f"{top}: everything in it is this student's", f"each is a student: {inner}"]
        question = f"{self._download.source} can be read in two ways. Who handed in?"
        if self._download.ask is None:
            raise CourseError(
                f"{question} Either {' or '.join(answers)}. Write who is in the class into"
                " students.csv, or run this in a terminal, where it asks"
            )
        self._is_settled = True
        return self._download.ask(question, answers) == 1


_PLACE = "a folder that is named after the student, and collect that"


def _is_sound(labels: Iterable[Label]) -> bool:
    """Tell whether a platform can have given these names: Canvas numbers every file anew."""
    files = [label.order for label in labels if label.source == "canvas"]
    owners = {(label.id, label.name) for label in labels if label.source == "canvas"}
    return len(files) == len(set(files)) and len(owners) == len({id for id, _ in owners})


def _overlap(sets: list[set[str]]) -> bool:
    return sum(map(len, sets)) > len(set().union(*sets))
