"""Spread work over the processors of this machine, or over a Dask cluster."""

import logging
import os
import warnings
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

import dask
from distributed import Client, Future, LocalCluster, wait

from autograder.course import CourseError

Item = TypeVar("Item")

RETRIES = 2  # of a task that failed; its next try may be on another machine
AGAIN = "run the same command again: what was graded is kept"
WAIT = 60  # seconds for a scheduler to answer, and for a worker to be there
LOCAL = {
    # Nobody looks at what Dask measures of itself, many times a second.
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.tick.limit": "1h",
    "distributed.admin.system-monitor.interval": "1h",
    "distributed.worker.profile.enabled": False,
    "distributed.scheduler.worker-ttl": None,
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
}
# What they say in pages, we say in a line; asyncio's is of what Dask drops as it closes.
LOGGERS = ("distributed", "tornado.application", "asyncio")
NOBODY = "127.0.0.1:0"  # where pages about the local cluster would be; it has none


@contextmanager
def opened(scheduler: str | None = None, workers: int | None = None) -> Iterator[Client]:
    """Connect to a cluster.

    The one on this machine is threads of this process, as what grades are processes already, and
    all workers share what they have loaded.

    Args:
        scheduler: the address of a Dask scheduler, for example tcp://host:8786; None makes a
            cluster on this machine.
        workers: how many that has; one for each processor where None.

    Raises:
        CourseError: the scheduler does not answer or has no workers.
    """
    for name in LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    if scheduler is None:
        # Dask looks for an address of this machine, also where it opens none but its own.
        warnings.filterwarnings("ignore", "Couldn't detect a suitable IP", RuntimeWarning)
        count = workers or processors()
        with (
            dask.config.set(LOCAL),
            LocalCluster(
                n_workers=count,
                threads_per_worker=1,
                processes=False,
                memory_limit=0,
                dashboard_address=NOBODY,
                worker_dashboard_address=NOBODY,
            ) as cluster,
            Client(cluster) as client,
        ):
            yield client
        return
    try:
        client = Client(scheduler, timeout=WAIT)
    except (OSError, ValueError, TypeError) as error:
        raise CourseError(f"{scheduler}: no Dask scheduler answers there ({error})") from None
    with client:
        _need_workers(client)
        yield client


def spread(
    client: Client, work: Callable[[Any], Any], items: Iterable[tuple[Item, Any]]
) -> Iterator[tuple[Item, Any]]:
    """Do work for many, a few ahead of the workers, so that a large class does not fill the memory.

    With one worker, each begins when the result before it has been taken.

    Args:
        client: from `opened`.
        work: a function of a module, which a worker imports.
        items: what is handed back with the result, and what work is called with.

    Yields:
        An item with its result or, after all tries, with the exception: in the order of their ends.

    Raises:
        CourseError: the scheduler is gone, or there are no workers any more.
    """
    todo = iter(items)
    running: dict[Future, Item] = {}
    try:
        while True:
            room = _ahead(client) - len(running)
            while room > 0 and (following := next(todo, None)) is not None:
                item, argument = following
                running[client.submit(work, argument, pure=False, retries=RETRIES)] = item
                room -= 1
            if not running:
                return
            for done in _first(client, list(running)):
                item = running.pop(done)
                problem = done.exception()
                yield item, problem if problem is not None else done.result()
    except (OSError, CancelledError) as error:
        raise CourseError(f"the scheduler is gone ({error}); {AGAIN}") from None
    finally:
        with suppress(OSError, CancelledError):
            client.cancel(list(running))


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _ahead(client: Client) -> int:
    """Return how many tasks there may be at a time: one waits for each worker's next turn.

    Where there is no worker at the moment, one task waits for the next that comes.
    """
    threads = sum(client.nthreads().values())
    return 2 * threads if threads > 1 else 1


def _first(client: Client, running: list[Future]) -> set[Future]:
    """Wait for the first result."""
    while True:
        try:
            return wait(running, timeout=WAIT, return_when="FIRST_COMPLETED").done
        except TimeoutError:
            _need_workers(client)


def _need_workers(client: Client) -> None:
    try:
        client.wait_for_workers(1, timeout=WAIT)
    except TimeoutError:
        address = client.scheduler_info()["address"]
        raise CourseError(f"{address}: no worker for {WAIT} s; start some, and {AGAIN}") from None
