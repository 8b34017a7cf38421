"""The machine of the CUDA emulator, compiled, and kept for the next time: it takes seconds."""

import hashlib
import subprocess
from contextlib import suppress

from platformdirs import user_cache_path

from autograder import disk
from convbook.cuda import build


def compiled() -> bytes | None:
    """Return the machine's object file, or None where there is no compiler."""
    compiler = build.compiler()
    if compiler is None:
        return None
    kept = user_cache_path("convbook") / f"machine-{_version(compiler)}.o"
    try:
        return disk.read(kept)
    except OSError:
        content = build.compiled_machine().read_bytes()
        with suppress(OSError):  # it is only quicker with it
            disk.write(kept, content)
        return content


def _version(compiler: str) -> str:
    """Return the hash of all that the object file depends on."""
    said = subprocess.run([compiler, "-v"], capture_output=True, check=False).stderr
    sources = [path.read_bytes() for path in sorted(build.MACHINE.iterdir()) if path.is_file()]
    return hashlib.sha256(b"".join([said, *sources])).hexdigest()[:16]
