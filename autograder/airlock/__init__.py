"""Run a student's code where it can do no harm, and judge it where it cannot reach.

Student cells run in a sandboxed process. Checks run in another, where the student's functions are
proxies; only plain data passes between the two.

    with Airlock(binds=[(staged, "/course")], student_path=["/course"]) as airlock:
        with airlock.session(seed=1, student_names={"conv_forward"}) as session:
            outputs = session.run_student("def conv_forward(x): ...")
            verdict = session.run_check("conv_forward", "assert conv_forward(1) == 2", points=4)
"""

from .airlock import Airlock
from .limits import Limits
from .sandbox import SandboxError
from .session import Session
from .verdict import Verdict

__all__ = ["Airlock", "Limits", "SandboxError", "Session", "Verdict"]
