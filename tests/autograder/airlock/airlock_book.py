"""What the tests of the airlock share: limits that are soon met, and a session with short names."""

from autograder.airlock import Limits, Session, Verdict

MIB = 1 << 20
LIMITS = Limits(
    call_seconds=0.6,
    check_seconds=1.5,
    cell_seconds=1.5,
    processes=8,
    file_bytes=8 * MIB,
    disk_bytes=16 * MIB,
    output_bytes=64 << 10,
)
PRELUDE = "import numpy as np\n\ndef given(x):\n    return x + 1\n"


class Notebook:
    """A session with a short way to ask for a verdict."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def cell(self, source: str) -> list[dict]:
        return self.session.run_student(source)

    def check(self, source: str, points: float = 2, name: str = "check") -> Verdict:
        return self.session.run_check(name, source, points)

    def printed(self, source: str) -> str:
        """Return what a student cell prints, and what it raises."""
        parts = [o.get("text") or o.get("evalue", "") for o in self.cell(source)]
        return "".join(parts).strip()
