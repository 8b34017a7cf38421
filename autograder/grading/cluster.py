"""The machines of a Dask cluster, as workers."""

import logging
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from distributed import Client, KilledWorker

from autograder.course import CourseError
from autograder.grading import spread

# What they say in pages, we say in a line.
LOGGERS = ("distributed", "tornado.application", "asyncio")


@dataclass(frozen=True)
class Cluster:
    """Workers that a Dask scheduler knows; a task whose worker dies is given to another."""

    client: Client
    executor: Executor
    final: tuple[type[Exception], ...] = (KilledWorker,)  # it has ended several already

    def submit(self, work: spread.Work, argument: Any) -> Future[Any]:
        with _asked():
            return self.executor.submit(work, argument)

    def workers(self) -> int:
        with _asked():
            return sum(self.client.nthreads().values())

    def need_workers(self) -> None:
        with _asked():
            address = self.client.scheduler_info()["address"]
            try:
                self.client.wait_for_workers(1, timeout=spread.WAIT)
            except TimeoutError:
                raise CourseError(
                    f"{address}: no worker for {spread.WAIT} s; start some, and {spread.AGAIN}"
                ) from None


@contextmanager
def _asked() -> Iterator[None]:
    """Say so where the scheduler does not answer any more."""
    try:
        yield
    except OSError as error:
        raise CourseError(f"the scheduler is gone ({error}); {spread.AGAIN}") from None


@contextmanager
def joined(scheduler: str) -> Iterator[Cluster]:
    """Connect to a cluster.

    Args:
        scheduler: the address of its scheduler, for example tcp://host:8786.

    Raises:
        CourseError: the scheduler does not answer or has no workers.
    """
    for name in LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        client = Client(scheduler, timeout=spread.WAIT)
    except (OSError, ValueError, TypeError) as error:
        raise CourseError(f"{scheduler}: no Dask scheduler answers there ({error})") from None
    with client:
        cluster = Cluster(client, client.get_executor(pure=False))
        cluster.need_workers()
        yield cluster
