"""Spread work over the processors of this machine, or over the machines of a cluster."""

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    CancelledError,
    Future,
    ThreadPoolExecutor,
    wait,
)
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol, TypeVar

from autograder.course import CourseError

Item = TypeVar("Item")
Work = Callable[[Any], Any]

TRIES = 3  # of a task that fails; the next may be on another machine
AGAIN = "run the same command again: what was graded is kept"
WAIT = 60  # seconds after which it is asked whether there is a worker at all


class Pool(Protocol):
    """Workers, here or elsewhere."""

    @property
    def final(self) -> tuple[type[Exception], ...]:
        """After these a task is not tried again."""

    def submit(self, work: Work, argument: Any) -> Future[Any]:
        """Have a function of a module, which a worker imports, called with an argument."""

    def workers(self) -> int:
        """Return how many tasks are done at a time; 0 where there is nobody at the moment."""

    def need_workers(self) -> None:
        """Raise CourseError where nobody comes to do anything."""


@dataclass(frozen=True)
class Threads:
    """Threads of this process: what grades are processes, and all share what these have loaded."""

    threads: ThreadPoolExecutor
    count: int
    final: tuple[type[Exception], ...] = ()

    def submit(self, work: Work, argument: Any) -> Future[Any]:
        return self.threads.submit(work, argument)

    def workers(self) -> int:
        return self.count

    def need_workers(self) -> None:
        pass


@contextmanager
def here(workers: int | None = None) -> Iterator[Threads]:
    """Use this machine, with a worker for each of its processors where no number is given."""
    count = workers or processors()
    threads = ThreadPoolExecutor(count)
    try:
        yield Threads(threads, count)
    finally:
        threads.shutdown(cancel_futures=True)


def spread(pool: Pool, work: Work, items: Iterable[tuple[Item, Any]]) -> Iterator[tuple[Item, Any]]:
    """Do work for many, a few ahead of the workers, so that a large class does not fill the memory.

    With one worker, each begins when the result before it has been taken.

    Args:
        pool: who does it.
        work: a function of a module.
        items: what is handed back with the result, and what work is called with.

    Yields:
        An item with its result or, after all tries, with the exception: in the order of their ends.

    Raises:
        CourseError: the scheduler of a cluster is gone, or there are no workers any more.
    """
    todo = iter(items)
    running: dict[Future[Any], tuple[Item, Any, int]] = {}
    try:
        while True:
            for item, argument in islice(todo, max(0, _ahead(pool) - len(running))):
                running[pool.submit(work, argument)] = (item, argument, 1)
            if not running:
                return
            for done in _first(pool, running):
                item, argument, tries = running.pop(done)
                problem = done.exception()
                if problem is None:
                    yield item, done.result()
                elif tries == TRIES or isinstance(problem, pool.final):
                    yield item, problem
                else:
                    running[pool.submit(work, argument)] = (item, argument, tries + 1)
    except CancelledError:
        raise CourseError(f"the scheduler is gone; {AGAIN}") from None
    finally:
        for future in running:
            future.cancel()


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _ahead(pool: Pool) -> int:
    """Return how many tasks there may be at a time: one waits for each worker's next turn.

    Where there is no worker at the moment, one task waits for the next that comes.
    """
    workers = pool.workers()
    return 2 * workers if workers > 1 else 1


def _first(pool: Pool, running: Iterable[Future[Any]]) -> set[Future[Any]]:
    """Wait for the first result."""
    while True:
        done = wait(running, timeout=WAIT, return_when=FIRST_COMPLETED).done
        if done:
            return done
        pool.need_workers()
