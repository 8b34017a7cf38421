"""All cases, and whether a grader got them right."""

from attacks.case import MARK, Case
from attacks.cases import (
    archives,
    bad_input,
    edited,
    network,
    odd,
    pages,
    resources,
    secrets,
    tampering,
    untold,
)
from attacks.facts import Facts, judge
from attacks.target import CANARY

CASES: tuple[Case, ...] = (
    *tampering.CASES,
    *edited.CASES,
    *odd.CASES,
    *secrets.CASES,
    *untold.CASES,
    *resources.CASES,
    *bad_input.CASES,
    *network.CASES,
    *pages.CASES,
    *archives.CASES,
)


def problems(case: Case, facts: Facts, strict_page: bool) -> list[str]:
    """Return what is wrong with how a case was graded; nothing where all is right."""
    return judge(case, facts, CANARY, MARK, strict_page)
