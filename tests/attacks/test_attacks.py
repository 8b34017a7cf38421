"""Our grader takes every attack as it should. `make attacks` sets plain nbgrader beside it."""

from collections import Counter
from pathlib import Path

import pytest
from machine import needs

from attacks import ours, report
from attacks.case import KINDS
from attacks.suite import CASES
from attacks.target import FULL

# What takes the processors, the memory, or the grader's own time. All cases are taken by
# make attacks ARGS=--beside
GREEDY = ("stubborn loop", "busy threads", "fork bomb", "memory in pieces", "set to the grader")


def test_there_are_a_hundred_attacks_of_six_classes() -> None:
    assert len(CASES) >= 100
    assert set(Counter(case.kind for case in CASES)) == set(KINDS)
    assert len({case.name for case in CASES}) == len(CASES)


@needs("sandbox")
def test_some_attacks_get_what_they_deserve_and_do_no_harm(tmp_path: Path) -> None:
    some = CASES[::16]
    rows = report.rows(list(some), ours.run(some, tmp_path), None)
    assert [(row.case.kind, row.case.name, row.ours) for row in rows if row.ours] == []


@needs("sandbox")
@pytest.mark.long
def test_every_attack_gets_what_it_deserves_and_does_no_harm(tmp_path: Path) -> None:
    found = ours.run(CASES, tmp_path)
    rows = report.rows(list(CASES), found, None)
    assert [(row.case.kind, row.case.name, row.ours) for row in rows if row.ours] == []


@needs("sandbox")
@pytest.mark.long
def test_an_honest_slow_notebook_beside_an_attack_keeps_its_points(tmp_path: Path) -> None:
    cases = [case for case in CASES if case.name in GREEDY]
    assert len(cases) == len(GREEDY)
    assert ours.beside(cases, tmp_path) == {case.name: FULL for case in cases}
