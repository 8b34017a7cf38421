"""cupyx.profiler for the simulated device: its clock stands for both stopwatches."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from convbook.gpu.device import now
from convbook.gpu.streams import Event, get_elapsed_time


class Measured:
    """What benchmark measured, in seconds.

    Attributes:
        name: the function's.
        cpu_times: of the host, shape (n_repeat,): what the orders took.
        gpu_times: of the device, shape (1, n_repeat): between events before and behind each call.
    """

    def __init__(self, name: str, cpu_times: list[float], gpu_times: list[float]) -> None:
        self.name = name
        self.cpu_times = np.array(cpu_times)
        self.gpu_times = np.array([gpu_times])

    def to_str(self, show_gpu: bool = False) -> str:
        rows = [("CPU", self.cpu_times), ("GPU-0", self.gpu_times[0])][: 2 if show_gpu else 1]
        return f"{self.name:<20s}:" + " ".join(_line(device, 1e6 * t) for device, t in rows)

    def __repr__(self) -> str:
        return self.to_str(show_gpu=True)


def _line(device: str, t: np.ndarray) -> str:
    text = f"    {device}: {t.mean():9.03f} us"
    if t.size > 1:
        text += f"   +/- {t.std():6.03f} (min: {t.min():9.03f} / max: {t.max():9.03f}) us"
    return text


def benchmark(
    func: Callable[..., Any],
    args: tuple[Any, ...] = (),
    kwargs: dict[str, Any] | None = None,
    n_repeat: int = 10000,
    *,
    name: str | None = None,
    n_warmup: int = 10,
    max_duration: float = math.inf,
    devices: tuple[int, ...] | None = None,
) -> Measured:
    """Call a function n_warmup times, and then n_repeat times with both stopwatches running."""
    kwargs = kwargs or {}
    start, end = Event(), Event()
    for _ in range(n_warmup):
        func(*args, **kwargs)
    start.record()
    start.synchronize()
    cpu_times, gpu_times, duration = [], [], 0.0
    for _ in range(n_repeat):
        start.record()
        before = now()
        func(*args, **kwargs)
        cpu_times.append(now() - before)
        end.record()
        end.synchronize()
        gpu_times.append(get_elapsed_time(start, end) / 1000)
        duration += now() - before
        if duration > max_duration:
            break
    return Measured(name or func.__name__, cpu_times, gpu_times)
