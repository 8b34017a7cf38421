"""A warm fork server: imports what is slow once, then forks a keeper for each worker.

    python -m airlock.inside.server MODULE DESCRIPTOR OPTIONS

MODULE is imported and its serve(control, call, config) runs in each worker. It is another module
for students than for checkers, so no student process has ever held a line of a check.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import shutil
import signal
import socket
import sys

from . import jail, keeper, later

REQUEST_BYTES = 1 << 16


def main(module: str, descriptor: int, options: dict) -> None:
    """Get warm, say so, and fork a keeper for each request until the grader goes away."""
    gc.disable()  # until a child is forked: a collection would leave holes that children fill
    grader = socket.socket(fileno=descriptor)
    if options["drop_root"] and os.getuid() == 0:
        jail.drop_root(options["uid"], options["uid"])
    shutil.copytree(options["fonts"], os.environ["MPLCONFIGDIR"], dirs_exist_ok=True)
    later.put_off(options["late"])
    role = importlib.import_module(module)
    for name in options["warm"]:
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    role.warm_up()
    exec(options["run"], {})  # of the grader's own: a checker's only
    gc.freeze()  # or the collector of each child would copy every page
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    grader.sendall(b"r")
    while True:
        request, descriptors, _, _ = socket.recv_fds(grader, REQUEST_BYTES, 3)
        if not request:
            return
        if os.fork() == 0:
            grader.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            gc.enable()
            config = json.loads(request) | {"fonts": options["fonts"]}
            keeper.start(config, descriptors, role.serve)
        for number in descriptors:
            os.close(number)
        grader.sendall(b"k")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), json.loads(sys.argv[3]))
