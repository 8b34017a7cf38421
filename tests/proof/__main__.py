"""Prove the checks: print a table for every lesson, and fail where a bar is not met.

    make proof                            all lessons, and their tables in docs/checks.md
    PYTHONPATH=tests/lessons python tests/proof 02_convolution --seeds 2

Nothing is graded: everything runs in this process, without the sandbox.
"""

import argparse
import multiprocessing
import resource
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

import alike
import known
import mutants
import numpy as np
import tables
from known import Exercise
from mutants import Mutants

from autograder.course import Lesson, lessons
from convbook.cuda import build, emulator

MUTANTS_CAUGHT = 0.98
NAMED = 0.95
SEEN = 2 / 3
RIGHT_PER_SEED = 5  # the solution gets this many seeds for each one of a mistake's
A_DAY = 86400
MEMORY = 6 * 2**30  # a mutant may ask for any amount
HEAD = "| exercise | known | lose points | seen before | named | the same | mutants caught |"


@dataclass
class Proof:
    """What was found for one lesson.

    Attributes:
        lesson: its name.
        wrong: the checks that the solution fails.
        refused: the right versions that a check refuses.
        right: how many right versions there are.
        exercises: what was found for each exercise: its known mistakes and its mutants.
    """

    lesson: str
    wrong: list[str]
    refused: list[str]
    right: int
    exercises: list[tuple[Exercise, Mutants]]

    def table(self) -> Iterator[str]:
        """Return the lesson's lines of docs/checks.md."""
        yield from (f"**{self.lesson}**", "", HEAD, "|---" * 7 + "|")
        yield from (_row(*found) for found in self.exercises)
        yield from ("", *(f"- {note}" for note in self.notes()))

    def notes(self) -> Iterator[str]:
        """Say what stands below the lesson's table."""
        for problem in self.wrong:
            yield f"the solution fails {problem}"
        for refusal in self.refused:
            yield f"a right version is refused by {refusal}"
        for e, m in self.exercises:
            for missed in e.missed:
                yield f"{e.name}: keeps its points: {missed}"
            for one in e.unseen:
                yield f"{e.name}: not seen before: {one}"
            for one in e.unnamed:
                yield f"{e.name}: not named: {one}"
            for blamed in e.blamed:
                yield f"{e.name}: another is blamed: {blamed}"
            for one, other in e.same:
                reason = alike.ALIKE.get((self.lesson, e.name), {}).get((one, other), "NOT LISTED")
                yield f"{e.name}: the same: {one}; {other}: {reason}"
            for line in m.survived:
                yield f"{e.name}: survives: `{line}`"


def right(name: str, seeds: int) -> tuple[list[str], list[str], int]:
    """Run what is right in one lesson: the solution, and every right version."""
    lesson = _begin(name)
    return known.always_right(lesson, seeds * RIGHT_PER_SEED), *known.refused(lesson)


def prove(name: str, exercise: str, seeds: int) -> tuple[Exercise, Mutants]:
    """Measure one exercise."""
    lesson = _begin(name)
    return known.measure(lesson, exercise, seeds), mutants.measure(lesson, exercise)


def _begin(name: str) -> Lesson:
    emulator.WAIT_SECONDS = build.COMPILE_SECONDS = A_DAY  # whoever stops us changes no number
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    return lessons()[name]


def run(names: list[str], seeds: int) -> Iterator[Proof]:
    """Measure the lessons, two parts at a time, and print each row as soon as it is there."""
    with multiprocessing.Pool(2, maxtasksperchild=1) as pool:  # a mutant may leave anything behind
        parts = {
            name: (
                pool.apply_async(right, (name, seeds)),
                [pool.apply_async(prove, (name, e, seeds)) for e in lessons()[name].exercises],
            )
            for name in names
        }
        for name, (solution, exercises) in parts.items():
            found = []
            for part in exercises:
                found.append(part.get())
                print(name, _row(*found[-1]), flush=True)
            proof = Proof(name, *solution.get(), found)
            print("", *proof.table(), "", sep="\n", flush=True)
            yield proof


def sums(proofs: list[Proof], seeds: int) -> list[str]:
    """Return the lines that stand above the tables: all lessons together."""
    exercises = [e for proof in proofs for e, _ in proof.exercises]
    mutants = [m for proof in proofs for _, m in proof.exercises]
    total, made = sum(e.known for e in exercises), sum(m.made - m.equivalent for m in mutants)
    lose = total - sum(len(e.missed) for e in exercises)
    named = total - sum(len(e.unnamed) for e in exercises)
    seen = total - sum(len(e.unseen) for e in exercises)
    caught = made - sum(len(m.survived) for m in mutants)
    return [
        f"Of {total:,} known mistakes {lose:,} lose points, {named:,} ({named / total:.1%}) are",
        f"named, {seen:,} ({seen / total:.1%}) are seen before handing in. Of {made:,} mutants",
        f"{caught:,} are caught. Seeds: {seeds} for each known mistake, {seeds * RIGHT_PER_SEED}",
        f"for each solution, {len(known.RIGHT_SEEDS)} for each of {sum(p.right for p in proofs)}",
        "right versions.",
    ]


def failures(proofs: list[Proof]) -> list[str]:
    """Say which bars are not met: mutants by lesson, what is seen by exercise, names over all."""
    exercises = [e for proof in proofs for e, _ in proof.exercises]
    named = 1 - sum(len(e.unnamed) for e in exercises) / sum(e.known for e in exercises)
    low = [] if named >= NAMED else [f"known mistakes named: {named:.1%}"]
    for proof in proofs:
        made = sum(m.made - m.equivalent for _, m in proof.exercises)
        if sum(len(m.survived) for _, m in proof.exercises) > (1 - MUTANTS_CAUGHT) * made:
            low.append(f"{proof.lesson}: mutants caught")
        low += proof.wrong + [f"{proof.lesson}: right, and refused: {one}" for one in proof.refused]
        for e, _ in proof.exercises:
            if len(e.unseen) > (1 - SEEN) * e.known + 1e-9:
                low.append(f"{proof.lesson}, {e.name}: seen before handing in")
            low += [f"{e.name}: keeps its points: {missed}" for missed in e.missed]
            low += [f"{e.name}: another is blamed: {blamed}" for blamed in e.blamed]
            low += [f"{e.name}: not listed as the same: {pair}" for pair in e.unlisted]
    return low


def _row(e: Exercise, m: Mutants) -> str:
    wrong = m.made - m.equivalent
    caught = f"{wrong - len(m.survived)} of {wrong}"
    lose = e.known - len(e.missed)
    seen, named = e.known - len(e.unseen), e.known - len(e.unnamed)
    cells = (f"`{e.name}`", e.known, lose, seen, named, len(e.same), caught)
    return "| " + " | ".join(map(str, cells)) + " |"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lessons", nargs="*", default=list(lessons()))
    parser.add_argument("--seeds", type=int, default=5, help="for each known mistake")
    parser.add_argument("--write", action="store_true", help="the tables, into docs/checks.md")
    args = parser.parse_args()
    proofs = []
    for proof in run(args.lessons, args.seeds):
        proofs.append(proof)
        if args.write:
            tables.write(proof.lesson, proof.table())
    in_all = sums(proofs, args.seeds)
    print(*in_all, sep="\n")
    if args.write and set(args.lessons) == set(lessons()):
        tables.write("", in_all)
    failed = failures(proofs)
    print(*(f"not met: {what}" for what in failed), sep="\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
