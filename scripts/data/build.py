"""Build the shipped data sets anew from their sources: python3 scripts/data/build.py

Fetches pinned versions with npm, pip and apt-get into build/data/ (so it needs Debian or Ubuntu
and a network, once), checks them by SHA-256, and writes data/emoji10/, data/fashion/ and
data/SHA256SUMS. Two builds give the same bytes. `--sheets DIR` draws the emoji of each class
instead.
"""

import hashlib
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "data"
WORK = ROOT / "build" / "data"
PYTHON = WORK / "env" / "bin" / "python"
PACKAGES = ["numpy==2.4.6", "pillow==13.0.0", "resvg-py==0.5.0"]  # these decide the bytes
PHOTOS = "scikit-image==0.26.0"  # a wheel for each system, all with the same photographs
NPM = {
    "emoji-datasource-google@16.0.0": (
        "fb5fd131b362aab7a55542d2a147a79708cce0a8b1c1bbacd470172708b5c438"
    ),
    "fluentui-emoji@1.3.0": "ec892e607e854859b812c7d827801756adc19955b0ef56d4ae8afcddd19492c5",
}
FASHION = "dataset-fashion-mnist=0.0~git20200523.55506a9-1"
FASHION_SHA = "39e172fe32dd318ebb3e512220c3beea2fa47d7e20bab348fb4e0922d6beefc0"


def main() -> int:
    """Fetch, then build in an environment of its own."""
    if "--inside" not in sys.argv:
        WORK.mkdir(parents=True, exist_ok=True)
        _environment()
        _fetch()
        return subprocess.call([PYTHON, __file__, "--inside", *sys.argv[1:]])
    import emoji10
    import fashion

    google, fluent = WORK / "emoji-datasource-google/package", WORK / "fluentui-emoji/package"
    if "--sheets" in sys.argv:
        emoji10.draw_sheets(google, fluent, Path(sys.argv[sys.argv.index("--sheets") + 1]))
        return 0
    emoji10.build(google, fluent, WORK / "skimage/data", DATA / "emoji10")
    fashion.build(WORK / "fashion/usr/share/datasets/fashion-mnist", DATA / "fashion")
    _write_sums()
    return 0


def _environment() -> None:
    if not PYTHON.exists():
        subprocess.run([sys.executable, "-m", "venv", WORK / "env"], check=True)
    subprocess.run([PYTHON, "-m", "pip", "install", "--quiet", *PACKAGES], check=True)


def _fetch() -> None:
    """Get and unpack what is not there yet."""
    for package, sha in NPM.items():
        name, version = package.split("@")
        archive = WORK / f"{name}-{version}.tgz"
        if not archive.exists():
            subprocess.run(["npm", "pack", "--silent", package], cwd=WORK, check=True)
        _check(archive, sha)
        if not (WORK / name).exists():
            with tarfile.open(archive) as tar:
                tar.extractall(WORK / name, filter="data")
    if not (WORK / "skimage").exists():
        options = ["--quiet", "--no-deps", "--only-binary=:all:"]
        command = [PYTHON, "-m", "pip", "download", *options, PHOTOS]
        subprocess.run(command, cwd=WORK, check=True)
        with zipfile.ZipFile(next(WORK.glob("scikit_image-*.whl"))) as wheel:
            wheel.extractall(WORK, [n for n in wheel.namelist() if n.startswith("skimage/data/")])
    if not (WORK / "fashion").exists():
        subprocess.run(["apt-get", "download", "--quiet", FASHION], cwd=WORK, check=True)
        package = next(WORK.glob("dataset-fashion-mnist_*.deb"))
        _check(package, FASHION_SHA)
        subprocess.run(["dpkg-deb", "--extract", package, WORK / "fashion"], check=True)


def _check(path: Path, sha: str) -> None:
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != sha:
        sys.exit(f"{path} has SHA-256 {found}, not {sha}: delete it and try again")


def _write_sums() -> None:
    """List every shipped file but the list itself and the page that explains it."""
    files = sorted(p for p in DATA.rglob("*") if p.is_file())
    names = [p.relative_to(DATA).as_posix() for p in files]
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {name}\n"
        for path, name in zip(files, names, strict=True)
        if name not in ("README.md", "SHA256SUMS")
    ]
    (DATA / "SHA256SUMS").write_text("".join(lines))


if __name__ == "__main__":
    sys.exit(main())
