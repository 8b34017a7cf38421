"""pyproject.toml, environment.yml and requirements.lock name the same packages and versions."""

import re
import runpy
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PYTHONS = ["3.11.0", "3.11.9", "3.12.0", "3.13.0", "3.14.0"]
PLATFORMS = {
    "linux": {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"},
    "macos": {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix"},
    "windows": {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"},
}
CONDA_NAMES = {
    "cupy-cuda13x": "cupy",
    "msgpack": "msgpack-python",
    "playwright": "playwright-python",
}

ENTRY = re.compile(r"([a-z0-9][a-z0-9.-]*)(?:\[[a-z-]+\])?==([0-9][\w.+!]*)(?: ; ([^#]+?))? \\")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]
EXTRAS = {
    extra: [Requirement(line) for line in lines]
    for extra, lines in PROJECT["optional-dependencies"].items()
}
# What the lock holds: everything but the GPU part, and the build backend.
LOCKED = [
    *(Requirement(line) for line in PROJECT["dependencies"]),
    *(Requirement(line) for line in PYPROJECT["build-system"]["requires"]),
    *(requirement for extra, lines in EXTRAS.items() if extra != "gpu" for requirement in lines),
]

ENVIRONMENT = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
FROM_PIP = next(line["pip"] for line in ENVIRONMENT["dependencies"] if isinstance(line, dict))
CONDA = {
    requirement.name: requirement.specifier
    for requirement in map(
        Requirement,
        (
            line
            for line in [*ENVIRONMENT["dependencies"], *FROM_PIP]
            if isinstance(line, str) and line != "-e ."
        ),
    )
}

LOCK_LINES = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()


def lock_entries():
    """(name, version, marker or None, number of hashes) of each package in the lock."""
    entries = []
    for line in LOCK_LINES:
        if match := ENTRY.fullmatch(line):
            name, version, marker = match.groups()
            entries.append([canonicalize_name(name), version, marker and Marker(marker), 0])
        elif HASH.fullmatch(line):
            entries[-1][3] += 1
    return entries


def environment(python, platform):
    """What markers are evaluated with on one Python and platform."""
    return {
        "python_version": python.rpartition(".")[0],
        "python_full_version": python,
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        **PLATFORMS[platform],
    }


def locked_versions(here):
    """{name: [versions]} of what pip takes from the lock in one environment."""
    versions = {}
    for name, version, marker, _ in lock_entries():
        if marker is None or marker.evaluate(here):
            versions.setdefault(name, []).append(version)
    return versions


def conda_name(requirement):
    return CONDA_NAMES.get(requirement.name, requirement.name)


def test_environment_has_the_ranges_of_pyproject():
    wanted = {conda_name(requirement): requirement.specifier for requirement in LOCKED}
    wanted["python"] = SpecifierSet(PROJECT["requires-python"])
    wanted["pip"] = SpecifierSet()
    assert wanted == CONDA
    assert FROM_PIP[-1] == "-e ."
    assert ENVIRONMENT["name"] == PROJECT["name"]
    assert ENVIRONMENT["channels"] == ["conda-forge"]


def test_the_gpu_environment_adds_the_gpu_part_to_the_same_environment():
    added = yaml.safe_load((ROOT / "environment-gpu.yml").read_text(encoding="utf-8"))
    assert (added["name"], added["channels"]) == (ENVIRONMENT["name"], ENVIRONMENT["channels"])
    offered = [Requirement(line) for line in added["dependencies"]]
    wanted = [(conda_name(requirement), requirement.specifier) for requirement in EXTRAS["gpu"]]
    assert [(requirement.name, requirement.specifier) for requirement in offered] == wanted


def test_one_package_has_one_range():
    ranges = {}
    for requirement in LOCKED:
        ranges.setdefault(canonicalize_name(requirement.name), set()).add(requirement.specifier)
    assert {name: found for name, found in ranges.items() if len(found) > 1} == {}


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("python", PYTHONS)
def test_lock_satisfies_pyproject(python, platform):
    here = environment(python, platform)
    versions = locked_versions(here)
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}
    for requirement in LOCKED:
        found = versions.get(canonicalize_name(requirement.name), [])
        if requirement.marker and not requirement.marker.evaluate(here):
            continue
        assert len(found) == 1, f"{requirement}: not in the lock"
        assert requirement.specifier.contains(found[0]), f"{requirement}: locked at {found[0]}"


def test_lock_names_no_place():
    """Nothing but packages, hashes and comments: no index, file, option or path."""
    comments = [line for line in LOCK_LINES if line.lstrip().startswith("#")]
    rest = [line for line in LOCK_LINES if line not in comments]
    assert [line for line in rest if not (ENTRY.fullmatch(line) or HASH.fullmatch(line))] == []
    assert [line for line in comments if re.search(r"[/\\]|--|file:", line)] == []


def test_every_locked_package_has_a_hash():
    entries = lock_entries()
    assert len(entries) > len(LOCKED)
    assert [name for name, _, _, hashes in entries if hashes == 0] == []


def test_python_versions():
    """3.11 to 3.14 everywhere: in pyproject, in what checks the code, and in the set-up."""
    versions = SpecifierSet(PROJECT["requires-python"])
    minors = [minor for minor in range(30) if f"3.{minor}.5" in versions]
    assert minors == [11, 12, 13, 14]
    assert {python.rpartition(".")[0] for python in PYTHONS} == {f"3.{minor}" for minor in minors}
    assert PYPROJECT["tool"]["ruff"]["target-version"] == f"py3{minors[0]}"
    assert PYPROJECT["tool"]["mypy"]["python_version"] == f"3.{minors[0]}"
    setup = runpy.run_path(str(ROOT / "scripts" / "setup.py"))
    assert setup["supported"]() == (minors[0], minors[-1] + 1)
