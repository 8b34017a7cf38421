"""The address by which phones reach this machine, and how many it can talk to at once."""

import socket

from autograder.course import CourseError

ANYWHERE = ("192.0.2.1", 9)  # an address that is nobody's; nothing is sent to it
MOST_CONNECTIONS = 2000
WITHOUT_LIMITS = 400  # on Windows, where select() takes 512
OWN = 100  # files that this process may need beside its connections


def address() -> str:
    """Return the address of this machine on its network.

    Raises:
        CourseError: it is on none.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(ANYWHERE)
        except OSError:
            raise CourseError(
                "this machine is on no network by which phones could reach it: join the room's,"
                " name one with --address, or vote by hands"
            ) from None
        return probe.getsockname()[0]


def connections() -> int:
    """Return how many connections may be open; the system is asked for that many."""
    try:
        import resource
    except ImportError:
        return WITHOUT_LIMITS
    wanted = MOST_CONNECTIONS + OWN
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        wanted = soft
    return wanted - OWN
