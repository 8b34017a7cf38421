"""Measure all that docs/speed.md and docs/scale.md have tables of, and write these anew.

    make bench                    ten to twelve minutes on two cores that have nothing else to do
    python bench cost where       some of it
    python bench classes          classes of 50 to 5000: a quarter of an hour more

A table stands between two comments with its name. What is compared runs by turns, in one process
or one after the other: the ratios hold, and no time by itself does.
"""

import argparse
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
DOCS = HERE.parent / "docs"
LAYERS = ("layers.py", "--rounds", "5")
TABLES = {
    "cost": ("scale.md", ("cost.py",)),
    "where": ("scale.md", ("where.py",)),
    "saturation": ("scale.md", ("saturation.py",)),
    "classes": ("scale.md", ("soak.py", "50", "200", "800", "5000")),
    "layers": ("speed.md", (*LAYERS, "--plot", str(DOCS / "speed.svg"))),
    "layers-two-threads": ("speed.md", (*LAYERS, "--threads", "2")),
}

LONG = "classes"  # is measured only where it is asked for


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tables", nargs="*", metavar="TABLE", help=f"of {', '.join(TABLES)}")
    names = parser.parse_args().tables or [name for name in TABLES if name != LONG]
    if unknown := set(names) - set(TABLES):
        parser.error(f"no table {', '.join(sorted(unknown))}; there are {', '.join(TABLES)}")
    failed = [name for name in names if not measured(name)]
    if failed:
        sys.exit(f"not measured, and not written: {', '.join(failed)}")


def measured(name: str) -> bool:
    """Run what makes a table, show it, and write it; tell whether that could be done."""
    page, (script, *options) = TABLES[name]
    print(f"\n{name}\n", flush=True)
    command = [sys.executable, str(HERE / script), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [line for line in process.stdout if not print(line, end="", flush=True)]
    if process.returncode == 0:
        write(DOCS / page, name, "".join(lines).strip())
    return process.returncode == 0


def write(page: Path, name: str, table: str) -> None:
    """Put a table between the two comments that name it."""
    begin, end = f"<!-- bench {name} -->\n", f"<!-- end of {name} -->"
    text = page.read_text(encoding="utf-8")
    place = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    new, times = place.subn(lambda _: f"{begin}{table}\n{end}", text)
    if times != 1:
        sys.exit(f"{page.name} has no place for {name}: {begin.strip()} and {end}")
    page.write_text(new, encoding="utf-8")


if __name__ == "__main__":
    main()
