"""given.json: what Canvas or Moodle called each hand-in in its download.

Under that name it takes a page back: the numbers in it are of a student, and of one file or one
assignment. Platform to lesson to student to name.
"""

import json
from pathlib import Path

from autograder import disk
from autograder.course import CourseError

FILE = "given.json"
PLATFORMS = ("canvas", "moodle")
Names = dict[str, dict[str, dict[str, str]]]


def read(results: Path) -> Names:
    """Read the names of a class.

    Raises:
        CourseError: the file is not one of these.
    """
    path = results / FILE
    try:
        found = json.loads(disk.read(path, below=results))
        return {
            platform: {
                lesson: {str(who): str(name) for who, name in theirs.items()}
                for lesson, theirs in found.get(platform, {}).items()
            }
            for platform in PLATFORMS
        }
    except FileNotFoundError:
        return {platform: {} for platform in PLATFORMS}
    except (OSError, ValueError, AttributeError, RecursionError) as error:
        raise CourseError(f"{path}: {disk.why(error)}; take it away, and collect again") from None


def keep(results: Path, names: dict[tuple[str, str, str], str]) -> None:
    """Write names into the file, in place of those that it had for the same.

    Args:
        results: the class's folder.
        names: platform, lesson and student to name.
    """
    if not names:
        return
    found = read(results)
    for (platform, lesson, student), name in names.items():
        found[platform].setdefault(lesson, {})[student] = name
    content = json.dumps(found, indent=1, sort_keys=True).encode()
    disk.write(results / FILE, content, below=results)
