"""A PostgreSQL server for tests: in a folder of its own, heard on a Unix socket alone."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SETTINGS = ["-c", "listen_addresses=", "-c", "fsync=off"]


def programs() -> Path | None:
    """Return the folder of the newest PostgreSQL's programs, or None where there is none."""
    named = shutil.which("initdb")
    folders = [Path(named).resolve().parent] if named else []
    folders += Path("/usr/lib/postgresql").glob("*/bin")  # Debian leaves them out of the PATH
    fit = [f for f in folders if (f / "initdb").exists() and (f / "postgres").exists()]
    return max(fit, key=lambda f: (f.parent.name.zfill(4), f), default=None)


class Server:
    """A server that can be stopped and started again; `serving` makes one."""

    def __init__(self, bin: Path, folder: Path) -> None:
        self._bin, self._folder = bin, folder
        self._process: subprocess.Popen[bytes] | None = None
        self._as: dict[str, Any] = {"cwd": folder}
        if os.getuid() == 0:  # PostgreSQL refuses to run as root
            import pwd

            nobody = pwd.getpwnam("nobody")
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)
            self._as |= {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        command = [bin / "initdb", "-D", folder / "data", "-U", "grader", "-A", "trust", "-N"]
        command += ["--no-locale", "-E", "SQL_ASCII"]  # what a bare container makes
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, **self._as)

    def url(self, name: str) -> str:
        return f"postgresql://grader@/{name}?host={self._folder}"

    def create(self, name: str) -> str:
        """Make an empty database, and return its address."""
        import psycopg

        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
        return self.url(name)

    def start(self) -> None:
        self._process = subprocess.Popen(
            [self._bin / "postgres", "-D", self._folder / "data", "-k", self._folder, *SETTINGS],
            stderr=subprocess.DEVNULL,
            **self._as,
        )
        for _ in range(600):
            if subprocess.run([self._bin / "pg_isready", "-q", "-h", self._folder]).returncode == 0:
                return
            time.sleep(0.1)
        raise AssertionError("PostgreSQL did not start")

    def stop(self) -> None:
        """Stop at once, as in a power cut; who is connected is cut off."""
        if self._process:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(timeout=60)
            self._process = None


@contextmanager
def serving(bin: Path) -> Iterator[Server]:
    """Start a server, and take it away afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))  # a socket's path is short
    try:
        server = Server(bin, folder)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)
