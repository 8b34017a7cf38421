"""Links that open a lesson on a JupyterHub or in Colab, for a repository that was pushed."""

import re
from collections.abc import Iterator
from urllib.parse import quote, urlencode

from autograder.course import CourseError
from autograder.plan import Plan
from autograder.release.repository import BRANCH

GITHUB = re.compile(r"https://github\.com/([\w.-]+/[\w.-]+?)(?:\.git)?/?")


def for_students(address: str, plan: Plan) -> Iterator[str]:
    """Yield the links of each lesson; HUB stands for the address of a hub with nbgitpuller.

    Args:
        address: of the repository, or '' for no links.
        plan: what is given out.
    """
    if not address:
        return
    folder = re.split(r"[/:]", address.rstrip("/"))[-1].removesuffix(".git")
    github = GITHUB.fullmatch(address)
    yield "For students, where HUB is the address of your hub with nbgitpuller:"
    for lesson in plan.lessons:
        path = f"notebooks/{lesson}/{lesson}.ipynb"
        opens = {"repo": address, "branch": BRANCH, "urlpath": f"lab/tree/{folder}/{path}"}
        yield f"  https://HUB/hub/user-redirect/git-pull?{urlencode(opens)}"
        if github:
            yield (
                f"  https://colab.research.google.com/github/{github[1]}/blob/{BRANCH}/{quote(path)}"
            )


def checked(address: str) -> str:
    """Return an address that a notebook may hold, or a link.

    Raises:
        CourseError: it is none.
    """
    if address and not re.fullmatch(r"https?://[^\s\"'\\<>{}|^`]+", address):
        raise CourseError(f"{address!r} is no address: write https://...")
    return address
