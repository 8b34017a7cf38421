"""Classroom 50 runs this in a student's checkout, for each submission: it writes ./result.json.

It makes an environment beside itself, and in that runs the checks that the lesson shows. What is
wrong with a submission is in the result; a status that is not 0 says that the machine is at fault.
"""

from __future__ import annotations

import datetime
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PYTHON = HERE / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
CHECK = "check"  # the word with which it is started in its environment
SECONDS = 240.0  # for all checks; a job has 15 minutes
SCHEMA = "classroom50/result/v1"
# What the platform says in the environment, by what it is called in the result.
SAID = {
    "classroom": "CLASSROOM",
    "assignment": "ASSIGNMENT",
    "assignment_type": "ASSIGNMENT_TYPE",
    "owner": "OWNER",
    "submission": "SUBMISSION_TAG",
    "commit": "COMMIT_URL",
    "release": "RELEASE_URL",
    "review": "REVIEW_URL",
}


def main() -> int:
    """Set up and start over in the environment, or check there; return the exit status."""
    if missing := [name for name in SAID.values() if not os.environ.get(name)]:
        print(f"Classroom 50 sets {', '.join(missing)}: run this there", file=sys.stderr)
        return 1
    if sys.argv[1:] != [CHECK]:
        done = subprocess.run([sys.executable, HERE / "scripts" / "setup.py"])
        return done.returncode or subprocess.call([PYTHON, "-I", __file__, CHECK])
    result, summary = checked(Path.cwd())
    Path("result.json").write_text(json.dumps(result, indent=1), encoding="utf-8")
    Path("release-body.md").write_text(summary, encoding="utf-8")
    return 0


def checked(checkout: Path) -> tuple[dict[str, Any], str]:
    """Run the checks of the one lesson that is installed here.

    Args:
        checkout: the student's.

    Returns:
        The result in the platform's form, and what differs, as Markdown.
    """
    from convbook.desk import progress, summary
    from convbook.handout.lesson import known

    (lesson,) = known().values()
    file = f"{lesson.name}.ipynb"
    if path := _nearest(checkout, file):
        found = progress.of(path, SECONDS)
    else:
        found = progress.Lesson(checkout / file, lesson.name, todo=f"push {file}: it is missing")
    outcomes = {check.name: check.outcome for check in found.checks}
    tests = list(_tests(progress.points_of(lesson.notebook), outcomes))
    now = datetime.datetime.now(datetime.UTC)  # the platform puts the commit's in its place
    said = {
        "schema": SCHEMA,
        **{key: os.environ[name] for key, name in SAID.items()},
        "datetime": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "score": sum(test["score"] for test in tests),
        "max-score": sum(test["max-score"] for test in tests),
        "tests": tests,
    }
    return said, summary.of([found])


def _nearest(checkout: Path, name: str) -> Path | None:
    """Find the file of a name that lies in the fewest folders; no link is followed."""
    found = [path for path in checkout.rglob(name) if path.is_file() and not path.is_symlink()]
    return min(found, key=lambda path: (len(path.parts), path), default=None)


def _tests(points: dict[str, float], outcomes: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Yield a test for each check. The platform wants whole points: halves are doubled."""
    whole = next(n for n in range(1, 101) if all(n * p % 1 == 0 for p in points.values()))
    for name, most in points.items():
        passed = outcomes.get(name) == "right"
        worth = round(whole * most)
        yield {
            "test-name": name,
            "passed": passed,
            "score": worth if passed else 0,
            "max-score": worth,
        }


if __name__ == "__main__":
    sys.exit(main())
