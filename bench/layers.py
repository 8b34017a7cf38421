"""What the given layers cost: their time as a multiple of PyTorch's CPU build.

    make bench                         installs PyTorch for the comparison, and runs this too
    python bench/layers.py --rounds 5 --dtype float64
    python bench/layers.py --threads 2
    python bench/layers.py --before HEAD~5

All ways run by turns in one process; a number is the median over the rounds of the ratio of two
times that were taken next to each other. With one thread they are times of the processor, so that
other programs count little; with two, times of the clock, when each has run once before: two
threads that have rested share a core for some milliseconds. The single layers find every gradient;
the training step does not ask for that of the pictures. With two threads PyTorch and our layers use
them as they like; the textbook's gets half of the batch in each, and BLAS one thread. The layers of
the last release, or of the commit that --before names, run beside. The tables are Markdown, as
in docs/speed.md; --plot writes the picture that stands there.
"""

import argparse
import os
import platform
import statistics
import sys
import time
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import tree

from convbook import layers

try:
    import torch
    from layers_before import last_release, layers_of
    from layers_ways import STEP, Way, cases, halved, step_way
except ImportError:
    sys.exit("The layers are compared with PyTorch: pip install torch==2.13.0, and run this again.")

Times = tuple[float, float]
Clock = Callable[[], float]
REST = 0.3  # seconds before each: threads of the one before still turn while they wait for work
CLOCKS: dict[int, Clock] = {1: time.thread_time, 2: time.perf_counter}
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
KINDS = {"conv": "convolution", "relu": "ReLU", "max": "max pooling", "affine": "FC and loss"}


def main() -> None:
    args = _parser().parse_args()
    number = str(args.threads)
    if os.environ.get("OPENBLAS_NUM_THREADS") != number:  # read when NumPy is imported: start again
        names = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
        env = os.environ | dict.fromkeys(names, number)
        os.execve(sys.executable, [sys.executable, *sys.argv], env)
    torch.set_num_threads(args.threads)
    load = f"{os.getloadavg()[0]:.1f} of {os.cpu_count()}"
    print(f"{tree.processor()}, {os.cpu_count()} cores, load at the start {load}")
    print(
        f"Python {platform.python_version()}, NumPy {np.__version__}, PyTorch {torch.__version__}"
    )
    threads = "one thread" if args.threads == 1 else "two threads"
    print(f"{args.dtype}, {threads} each, median of {args.rounds} rounds", end="")
    commit = args.before or last_release()
    print(f'; "before" is {commit}\n' if commit else "\n")
    columns = [name for name in COLUMNS if commit or name != BEFORE]
    print(_row(columns), "|---" * len(columns) + "|", sep="\n")
    found = {}
    before = layers_of(commit) if commit else None
    for name, ways, inputs in cases(np.dtype(args.dtype), before):
        if args.threads == 2:
            ways[2] = halved(ways[2], batched=2 if name == STEP else 1)
        found[name] = compare(ways, inputs, args.rounds, CLOCKS[args.threads])
        extra = [f"{memory(ways[k], inputs):.0f}" for k in (0, 2)]
        print(_row([name, *(f"{r:.2f}" for r in found[name]), *extra]), flush=True)
    if args.threads == 1:
        print("", *shares(np.dtype(args.dtype), args.rounds), sep="\n")
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


def compare(ways: list[Way], inputs: tuple, rounds: int, clock: Clock) -> list[float]:
    """Run all ways by turns, and once before, uncounted, to see that they agree.

    Args:
        ways: ours, PyTorch's, and others: the textbook's and those of before.
        inputs: arrays, the arguments of each forward.
        rounds: how often.
        clock: tells the time in seconds.

    Returns:
        Medians: ours / PyTorch's forward, backward and both, and each other's / ours of both.
    """
    outs = [np.asarray(once(way, inputs, clock)[0]) for way in ways]
    for out in outs[1:]:
        np.testing.assert_allclose(outs[0], out, rtol=1e-3, atol=1e-3)
    rows = []
    for _ in range(rounds):
        ours, theirs, *others = (once(way, inputs, clock)[1] for way in ways)
        each = [mine / other for mine, other in zip(ours, theirs, strict=True)]
        slower = [sum(other) / sum(ours) for other in others]
        rows.append([*each, sum(ours) / sum(theirs), *slower])
    return [statistics.median(column) for column in zip(*rows, strict=True)]


def once(way: Way, inputs: tuple, clock: Clock = time.thread_time) -> tuple[Any, Times]:
    """Run forward and backward once; return out, and the seconds of each."""
    forward, backward = way
    time.sleep(REST)
    if clock is CLOCKS[2]:
        out, cache = forward(*inputs)
        backward(np.ones(out.shape, dtype=inputs[0].dtype), cache)
    start = clock()
    out, cache = forward(*inputs)
    middle = clock()
    dout = np.ones(out.shape, dtype=inputs[0].dtype)
    ready = clock()
    backward(dout, cache)
    return out, (middle - start, clock() - ready)


def memory(way: Way, inputs: tuple) -> float:
    """Return the most memory, in MiB, that NumPy held at a time beside the inputs."""
    tracemalloc.start()
    once(way, inputs)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 2**20


def shares(dtype: np.dtype, rounds: int) -> Iterator[str]:
    """Tell where the time of a training step goes, and how near its products are to the peak."""
    spent: Counter[str] = Counter()

    def timed(f: Callable[..., Any], *args: Any) -> Any:
        start = time.thread_time()
        result = f(*args)
        name = f.__name__.split("_")[0]
        spent[KINDS.get(name, KINDS["affine"])] += time.thread_time() - start
        return result

    *_, (_, _, inputs) = cases(dtype)
    way = step_way(layers, timed)
    once(way, inputs)
    spent.clear()
    for _ in range(rounds):
        once(way, inputs)
    yield from ("| kind of layer | share of the step |", "|---|---|")
    for kind, seconds in spent.most_common():
        yield _row([kind, f"{seconds / spent.total():.0%}"])
    rate = rounds * _products(inputs) / spent[KINDS["conv"]]
    yield f"\nConvolutions: {rate / 1e9:.0f} GFLOP/s, {rate / peak(dtype):.0%} of the peak."


def _products(inputs: tuple) -> float:
    """Count the floating-point operations of the step's convolutions, forward and backward."""
    side, total = 32, 0.0
    for number, w in enumerate(inputs[2:-1]):
        ways = 3 if number else 2  # out, dw and dx; no dx of the pictures
        total += ways * 2 * len(inputs[0]) * side**2 * w.size
        side = side // 2 if number % 2 else side
    return total


def peak(dtype: np.dtype) -> float:
    """Measure what the processor reaches on one large matrix product, in FLOP/s."""
    a = np.ones((1024, 1024), dtype)
    best = float("inf")
    for _ in range(10):
        start = time.thread_time()
        a @ a
        best = min(best, time.thread_time() - start)
    return 2 * 1024**3 / best


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


def _row(cells: Any) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
