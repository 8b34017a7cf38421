"""What grading costs in a container of Gradescope's usual size: 768 MB and half a processor.

    python bench/bundles.py [LESSON...]

Each lesson's bundle grades two hand-ins: the solution, and the notebook as it was given out, of
which every check fails and the shown parts run once more. It needs root, control groups (version 1)
that may be written, and bubblewrap of the system.
"""

import io
import json
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests"))
import container  # noqa: E402
import sample_class  # noqa: E402

from autograder.bundles import pack  # noqa: E402
from autograder.course import Lesson, chosen  # noqa: E402

GROUPS = Path("/sys/fs/cgroup")
MEMORY, PERIOD = 768 << 20, 100_000  # bytes; microseconds, of which half may be used
LIMIT = 600  # seconds


@contextmanager
def limited() -> Iterator[tuple[Path, Path]]:
    """Have two control groups with those limits, for memory and for the processor."""
    places = [GROUPS / kind / f"convbook-bench-{time.time_ns()}" for kind in ("memory", "cpu")]
    for place in places:
        place.mkdir()
    memory, processor = places
    (memory / "memory.limit_in_bytes").write_text(str(MEMORY))
    (processor / "cpu.cfs_period_us").write_text(str(PERIOD))
    (processor / "cpu.cfs_quota_us").write_text(str(PERIOD // 2))
    try:
        yield memory, processor
    finally:
        time.sleep(0.5)  # until the last process has gone
        for place in places:
            place.rmdir()


def measure(lesson: Lesson, content: str) -> str:
    """Grade one hand-in, and return points, seconds and memory as cells of a table."""
    with tempfile.TemporaryDirectory() as folder, limited() as groups:
        layout = Path(folder)
        layout.chmod(0o755)
        lay_out(layout, lesson, content)
        joined = "; ".join(f"echo $$ > {group}/cgroup.procs" for group in groups)
        binds = [x for g in groups for x in ("--bind", str(g), str(g))]
        start = time.monotonic()
        done = container.run(
            layout, "bash", "-c", f"{joined}; exec /autograder/run_autograder", more=binds,
            timeout=LIMIT,
        )  # fmt: skip
        seconds = time.monotonic() - start
        peak = int((groups[0] / "memory.max_usage_in_bytes").read_text())
        if done.returncode:
            return f"failed: {done.stderr.strip()} | {seconds:.0f} | {peak >> 20}"
        results = json.loads((layout / "autograder/results/results.json").read_text())
    points = sum(test.get("score", 0) for test in results["tests"])
    return f"{points:g} | {seconds:.0f} | {peak >> 20}"


def lay_out(layout: Path, lesson: Lesson, content: str) -> None:
    """Put a bundle and a hand-in where the platform puts them."""
    place = layout / "autograder"
    for name in ("source", "submission", "results"):
        (place / name).mkdir(parents=True)
    zipfile.ZipFile(io.BytesIO(pack.gradescope(lesson))).extractall(place / "source")
    subprocess.run(["chmod", "-R", "o-rwx", place / "source"], check=True)
    shutil.copy(place / "source" / "run_autograder", place)
    (place / "run_autograder").chmod(0o755)
    (place / "submission" / lesson.path.name).write_text(content, encoding="utf-8")


def main(names: list[str]) -> None:
    print("| lesson | solution: points | s | MB | as given out: points | s | MB |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for lesson in chosen(names):
        solved = nbformat.writes(sample_class.solved(lesson), version=4)
        blank = nbformat.writes(sample_class.released(lesson), version=4)
        cells = " | ".join(measure(lesson, content) for content in (solved, blank))
        print(f"| {lesson.name} | {cells} |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
