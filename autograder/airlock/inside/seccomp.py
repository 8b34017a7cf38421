"""A list of system calls that student code has no use for, as a filter the kernel enforces."""

from __future__ import annotations

import ctypes
import os
import platform
import struct

# name: (number on x86-64, number on aarch64); None where the processor does not have it.
DENIED: dict[str, tuple[int, int | None]] = {
    # Looking into or steering other processes.
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "process_madvise": (440, 440), "kcmp": (312, 272), "pidfd_getfd": (438, 438),
    # Mounts, roots and namespaces.
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51),
    "unshare": (272, 97), "setns": (308, 268), "open_tree": (428, 428), "move_mount": (429, 429),
    "fsopen": (430, 430), "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433),
    "mount_setattr": (442, 442), "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265),
    "quotactl": (179, 60), "quotactl_fd": (443, 443), "fanotify_init": (300, 262),
    # Network: no socket of any kind. (socketpair stays: asyncio needs it.)
    "socket": (41, 198),
    # Memory that no limit counts, and that other processes could find.
    "memfd_create": (319, 279), "memfd_secret": (447, 447), "shmget": (29, 194),
    "semget": (64, 190), "msgget": (68, 186), "mq_open": (240, 180), "add_key": (248, 217),
    "request_key": (249, 218), "keyctl": (250, 219),
    # Large parts of the kernel that are often attacked.
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    "mbind": (237, 235), "set_mempolicy": (238, 237), "migrate_pages": (256, 238),
    "move_pages": (279, 239), "personality": (135, 92), "modify_ldt": (154, None),
    # The machine itself.
    "kexec_load": (246, 104), "kexec_file_load": (320, 294), "init_module": (175, 105),
    "finit_module": (313, 273), "delete_module": (176, 106), "reboot": (169, 142),
    "swapon": (167, 224), "swapoff": (168, 225), "acct": (163, 89), "syslog": (103, 116),
    "settimeofday": (164, 170), "clock_settime": (227, 112), "adjtimex": (159, 171),
    "clock_adjtime": (305, 266), "sethostname": (170, 161), "setdomainname": (171, 162),
    "vhangup": (153, 58), "iopl": (172, None), "ioperm": (173, None),
}  # fmt: skip

CLONE, CLONE3 = (56, 220), (435, 435)
NEW_NAMESPACE_FLAGS = 0x7E020000  # every CLONE_NEW... flag that clone() takes
PROCESSORS = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}  # column, AUDIT_ARCH

# Classic BPF: load a word, jump if equal, if at least, if any bit is set, return.
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
KILL, ALLOW, ERRNO = 0x80000000, 0x7FFF0000, 0x50000
EPERM, ENOSYS = 1, 38
NUMBER_AT, PROCESSOR_AT, FIRST_ARGUMENT_AT = 0, 4, 16  # offsets in struct seccomp_data
X32 = 0x40000000  # x86-64 has a second table of system calls above this number

PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2


def supported(machine: str = "") -> bool:
    """Say whether the list has numbers for this processor."""
    return (machine or platform.machine()) in PROCESSORS


def program(machine: str) -> bytes:
    """Return the filter for one processor as BPF instructions."""
    column, processor = PROCESSORS[machine]
    steps = [_step(LOAD, PROCESSOR_AT), _step(EQUAL, processor, 1, 0), _step(RETURN, KILL)]
    steps += [_step(LOAD, NUMBER_AT)]
    if machine == "x86_64":
        steps += _unless(AT_LEAST, X32, ERRNO | EPERM)
    for numbers in DENIED.values():
        number = numbers[column]
        if number is not None:
            steps += _unless(EQUAL, number, ERRNO | EPERM)
    # The flags of clone3 lie in memory, where a filter cannot look: libc falls back to clone.
    steps += _unless(EQUAL, CLONE3[column], ERRNO | ENOSYS)
    steps += [_step(EQUAL, CLONE[column], 0, 3), _step(LOAD, FIRST_ARGUMENT_AT)]
    steps += _unless(ANY_BIT, NEW_NAMESPACE_FLAGS, ERRNO | EPERM)
    return b"".join([*steps, _step(RETURN, ALLOW)])


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, value)


def _unless(test: int, value: int, answer: int) -> list[bytes]:
    """Return the steps that answer a call when the test holds, and otherwise go on."""
    return [_step(test, value, 0, 1), _step(RETURN, answer)]


def install() -> None:
    """Put the filter on this process and all its children, for ever."""
    code = program(platform.machine())
    buffer = ctypes.create_string_buffer(code, len(code))
    header = struct.pack("HxxxxxxQ", len(code) // 8, ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    pointer = ctypes.create_string_buffer(header, len(header))
    if libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, pointer, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"seccomp: {os.strerror(number)}")
