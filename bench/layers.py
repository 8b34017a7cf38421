"""What the given layers cost: their time as a multiple of PyTorch's CPU build.

    make bench                         installs PyTorch for the comparison, and runs this too
    python bench/layers.py --rounds 5 --dtype float64
    python bench/layers.py --threads 2
    python bench/layers.py --before HEAD~5

Each way runs a case in a program of its own, by turns with the others; a number is the median over
the rounds of the ratio of two times taken next to each other. With one thread they are times of the
processor, so that other programs count little; with two, times of the clock. Each has run once just
before: two threads that have rested share a core for some milliseconds. The single layers
find every gradient; the training step does not ask for that of the pictures. With two threads
PyTorch and our layers use them as they like; the textbook's gets half of the batch in each, and
BLAS one thread. The layers of the last release, or of the commit that --before names, run beside.
The tables are Markdown, as in docs/speed.md; --plot writes the picture that stands there.
"""

import argparse
import os
import platform
import statistics
import sys
from collections.abc import Iterable, Iterator
from importlib import metadata, util
from pathlib import Path

import numpy as np
import tree
from layers_before import last_release
from layers_program import KINDS, Program
from layers_ways import NAMES, OURS, PYTORCH, STEP, TEXTBOOK

BEFORE = "before / ours, both"
COLUMNS = (
    "",
    "forward / PyTorch",
    "backward / PyTorch",
    "both / PyTorch",
    "textbook / ours, both",
    BEFORE,
    "extra MiB, ours",
    "extra MiB, textbook",
)


def main() -> None:
    args = _parser().parse_args()
    if not util.find_spec("torch"):
        sys.exit("The layers are compared with PyTorch: pip install torch==2.13.0, run this again.")
    commit = args.before or last_release()
    print(*_heading(args, commit), sep="\n")
    columns = [name for name in COLUMNS if commit or name != BEFORE]
    print(_row(columns), "|---" * len(columns) + "|", sep="\n")
    ways = [OURS, PYTORCH, TEXTBOOK, *([commit] if commit else [])]
    found = {}
    for name in NAMES:
        programs = [Program(way, name, args.dtype, args.threads) for way in ways]
        found[name] = compare(programs, args.rounds)
        extra = [f"{program.ask('memory'):.0f}" for program in (programs[0], programs[2])]
        print(_row([name, *(f"{r:.2f}" for r in found[name]), *extra]), flush=True)
        if name == STEP and args.threads == 1:
            print("", *shares(programs[0], args.rounds), sep="\n")
        for program in programs:
            program.end()
    print(f"\nLoad at the end {os.getloadavg()[0]:.1f}.")
    if args.plot:
        plot(found, args.plot)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--dtype", default="float32", choices=["float32", "float64"])
    parser.add_argument("--threads", type=int, default=1, choices=[1, 2])
    parser.add_argument("--before", metavar="COMMIT", help="whose layers run beside")
    parser.add_argument("--plot", type=Path, help="write the ratios as a picture, SVG")
    return parser


def _heading(args: argparse.Namespace, commit: str) -> Iterator[str]:
    """Say on what is measured, and how often."""
    load = f"{os.getloadavg()[0]:.1f} of {os.cpu_count()}"
    yield f"{tree.processor()}, {os.cpu_count()} cores, load at the start {load}"
    numpy, torch = metadata.version("numpy"), metadata.version("torch")
    yield f"Python {platform.python_version()}, NumPy {numpy}, PyTorch {torch}"
    threads = "one thread" if args.threads == 1 else "two threads"
    before = f'; "before" is {commit}' if commit else ""
    yield f"{args.dtype}, {threads} each, median of {args.rounds} rounds{before}\n"


def compare(programs: list[Program], rounds: int) -> list[float]:
    """Run all programs by turns, and once before, uncounted, to see that they agree.

    Args:
        programs: ours, PyTorch's, and others: the textbook's and those of before.
        rounds: how often.

    Returns:
        Medians: ours / PyTorch's forward, backward and both, and each other's / ours of both.
    """
    outs = [program.ask("result") for program in programs]
    for out in outs[1:]:
        np.testing.assert_allclose(outs[0], out, rtol=1e-3, atol=1e-3)
    rows = []
    for _ in range(rounds):
        ours, theirs, *others = (program.ask("times") for program in programs)
        each = [mine / other for mine, other in zip(ours, theirs, strict=True)]
        slower = [sum(other) / sum(ours) for other in others]
        rows.append([*each, sum(ours) / sum(theirs), *slower])
    return [statistics.median(column) for column in zip(*rows, strict=True)]


def shares(ours: Program, rounds: int) -> Iterator[str]:
    """Tell where the time of a training step goes, and how near its products are to the peak."""
    spent = ours.ask("spent", rounds)
    yield from ("| kind of layer | share of the step |", "|---|---|")
    for kind, seconds in spent.most_common():
        yield _row([kind, f"{seconds / spent.total():.0%}"])
    rate = rounds * ours.ask("products") / spent[KINDS["conv"]]
    yield f"\nConvolutions: {rate / 1e9:.0f} GFLOP/s, {rate / ours.ask('peak'):.0%} of the peak."


def plot(found: dict[str, list[float]], path: Path) -> None:
    """Draw the ratios to PyTorch as bars, forward and backward."""
    import matplotlib.pyplot as plt

    plt.rcParams["svg.hashsalt"] = "speed"  # the same file from the same numbers
    figure, axes = plt.subplots(figsize=(7, 3.6), layout="constrained")
    rows = np.arange(len(found))
    for k, (label, colour) in enumerate((("forward", "#0072B2"), ("backward", "#E69F00"))):
        axes.barh(rows + 0.4 * k, [r[k] for r in found.values()], 0.38, color=colour, label=label)
    axes.axvline(1, color="black", linewidth=1)
    axes.set_yticks(rows + 0.2, list(found))
    axes.invert_yaxis()
    axes.set_xlabel("time / PyTorch's time (1 is as fast as PyTorch)")
    axes.set_title("Given layers beside PyTorch")
    axes.legend()
    figure.savefig(path, metadata={"Date": None})


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
