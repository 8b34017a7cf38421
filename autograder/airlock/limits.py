"""Every limit of the airlock, in one place."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True)
class Limits:
    """What one submission may use. Each worker process gets the same, except where it says so."""

    # Wall time, in seconds.
    call_seconds: float = 20.0  # one call of a student's function by a check
    check_seconds: float = 60.0  # one check cell as a whole
    cell_seconds: float = 60.0  # one student cell
    session_seconds: float = 900.0  # a whole submission, replays included
    start_seconds: float = 60.0  # a fork server or a worker getting ready

    # What the kernel enforces.
    cpu_seconds: int = 300  # processor time of one process
    memory_bytes: int = 4096 * MIB  # address space of one student process
    checker_memory_bytes: int = 4096 * MIB  # address space of the checker
    processes: int = 32  # processes and threads of one student (bwrap only)
    open_files: int = 128  # open files of one process
    file_bytes: int = 64 * MIB  # one file
    disk_bytes: int = 64 * MIB  # everything a student writes (bwrap only)
    disk_files: int = 4096  # files and folders a student makes (bwrap only)

    # What is carried back.
    output_bytes: int = 2 * MIB  # the outputs of one cell
    output_items: int = 200  # how many outputs one cell may have
    verdict_chars: int = 4000  # the message of a verdict

    def rlimits(self, memory_bytes: int) -> dict[str, int]:
        """Return the kernel's limits by their names in the module resource."""
        return {
            "RLIMIT_AS": memory_bytes,
            "RLIMIT_CPU": self.cpu_seconds,
            "RLIMIT_FSIZE": self.file_bytes,
            "RLIMIT_NOFILE": self.open_files,
            "RLIMIT_NPROC": self.processes,
            "RLIMIT_CORE": 0,
            "RLIMIT_MEMLOCK": 0,
            "RLIMIT_MSGQUEUE": 0,
        }

    def hint(self, name: str, text: str) -> str:
        """Return which limit an exception with this name and text has met, or ''.

        Where there is only the name, anybody may have raised it: then it is said with "perhaps".
        """
        memory = f"limit met: {self.memory_bytes // MIB} MiB of memory"
        processes = f"limit met: {self.processes} processes and threads"
        disk = f"limit met: {self.disk_bytes // MIB} MiB or {self.disk_files} files on disk"
        one_file = f"limit met: {self.file_bytes // MIB} MiB for one file"
        signs = {
            "[Errno 28]": disk,
            "[Errno 27]": one_file,
            "requested and": f"{one_file}, or {disk.partition(': ')[2]}",  # NumPy's own words
            "[Errno 24]": f"limit met: {self.open_files} open files",
            "[Errno 12]": memory,
            "Unable to allocate": memory,
            "[Errno 11]": processes,
            "can't start new thread": processes,
        }
        names = {"MemoryError": memory, "BlockingIOError": processes}
        perhaps = next((limit for end, limit in names.items() if name.endswith(end)), "")
        found = next((limit for sign, limit in signs.items() if sign in text), "")
        return found or (perhaps and f"perhaps {perhaps}")
