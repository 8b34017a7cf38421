"""What takes long to load is loaded when it is used, for one notebook; nobody sees a difference."""

import dataclasses
import json
import sys
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path

import no_file
import pytest
from machine import SANDBOX

from autograder.airlock import Airlock, Session, fonts
from autograder.course import lessons
from autograder.grading.airlocks import open_airlock

pytestmark = pytest.mark.slow

LESSON = lessons()["02_convolution"]
DRAWN = """
fig, ax = plt.subplots()
ax.plot([1, 3, 2])
ax.set_title("three")
"""
WAYS = [
    "import matplotlib.pyplot as plt",
    "from matplotlib import pyplot as plt",
    "%matplotlib inline\nimport matplotlib.pyplot as plt",
    "import matplotlib\nmatplotlib.rcParams['figure.dpi']\nimport matplotlib.pyplot as plt",
    "from matplotlib.figure import Figure\nimport matplotlib.pyplot as plt",
    "import pylab as plt",
    "import matplotlib.cbook\nimport matplotlib.pyplot as plt",
    "import matplotlib as mpl\nimport matplotlib.pyplot as plt\nmpl.use('agg')\nmpl.use('inline')",
    "from convbook import plot\nimport matplotlib.pyplot as plt\nplot.maps",
]


@pytest.fixture(scope="module", params=["one", "many"])
def airlock(request: pytest.FixtureRequest) -> Iterator[Airlock]:
    """For many, the first three of its sessions draw late, and the others do not."""
    with open_airlock(LESSON, SANDBOX, many=request.param == "many") as airlock:
        yield airlock


@pytest.fixture
def session(airlock: Airlock) -> Iterator[Session]:
    with airlock.session(seed=1) as opened:
        yield opened


def printed(session: Session, source: str) -> str:
    return "".join(o.get("text", o.get("evalue", "")) for o in session.run_student(source)).strip()


PICTURES: dict[str, str] = {}


@pytest.mark.parametrize("way", WAYS)
def test_a_picture_is_the_same(session: Session, way: str) -> None:
    session.run_student(way)
    outputs = session.run_student(DRAWN)
    kinds = [sorted(o.get("data", [o.get("text")])) for o in outputs]
    assert kinds[-1] == ["image/png", "text/plain"], kinds
    assert not [o for o in outputs if o["output_type"] in ("stream", "error")], outputs
    assert (
        PICTURES.setdefault("first", outputs[-1]["data"]["image/png"])
        == (outputs[-1]["data"]["image/png"])
    )


LOOK = "import sys\nprint('matplotlib.figure' in sys.modules)"


def test_what_a_lesson_imports_is_loaded_when_it_is_used() -> None:
    with open_airlock(LESSON, SANDBOX) as airlock, airlock.session(seed=1) as session:
        for source in LESSON.given:
            session.run_student(source)
        assert printed(session, LOOK) == "False"
        assert printed(session, "print(plt.rcParams['lines.linewidth'] > 0, plt.__name__)") == (
            "True matplotlib.pyplot"
        )
        assert printed(session, LOOK) == "True"
        assert printed(session, "plt.no_such_name").endswith("has no attribute 'no_such_name'")


@pytest.mark.parametrize("many", [True, False])
def test_where_several_draw_it_is_loaded_for_all_who_come_after(many: bool) -> None:
    """Of a class, and not of one notebook, which may be started again several times."""
    draws = f"import matplotlib.pyplot as plt\n{DRAWN}"
    found = []
    with open_airlock(LESSON, SANDBOX, many=many) as airlock:
        for cells in [(LOOK, draws), (LOOK, draws, draws), (LOOK,), (LOOK, draws), (LOOK,)]:
            with airlock.session(seed=1) as session:
                found.append(printed(session, cells[0]))
                drawn = [session.run_student(cell)[-1]["data"]["image/png"] for cell in cells[1:]]
                assert all(picture == drawn[0] for picture in drawn)
    assert found == ["False", "False", "False", "False", str(many)]


FAILS = "def f(x):\n    return [1, 2][x]\n\nf(5)"
LEFT = """import sys
print([n for n in dir(sys) if n.startswith('last_')], 'stack_data' in sys.modules)"""


def test_a_cell_that_fails_says_the_same_whoever_loads_what_writes_it() -> None:
    """For many it is loaded before there is anybody, and leaves nothing."""
    said = []
    for many in (False, True):
        with (
            open_airlock(LESSON, SANDBOX, many=many) as airlock,
            airlock.session(seed=1) as session,
        ):
            assert printed(session, LEFT) == f"[] {many}"
            said.append(session.run_student(FAILS)[-1]["traceback"])
            assert printed(session, LEFT).endswith("True")
    assert said[0] == said[1] and "IndexError" in said[0][-1], said


def _closed(airlock: Airlock) -> None:
    airlock.close()


def _no_folder(airlock: Airlock) -> None:
    airlock.binds.append(("/no/such/folder", "/nowhere"))


def _no_time(airlock: Airlock) -> None:
    airlock.limits = dataclasses.replace(airlock.limits, start_seconds=0.0)


@pytest.mark.parametrize("hinder", [_closed, _no_folder, _no_time])
def test_where_it_cannot_be_loaded_for_all_nobody_loses_anything(
    hinder: Callable[[Airlock], None],
) -> None:
    with open_airlock(LESSON, SANDBOX) as airlock:
        limits = airlock.limits
        for _ in range(2):
            airlock.drew()
        with airlock.session(seed=1) as session:
            session.run_student(f"import matplotlib.pyplot as plt\n{DRAWN}")
            hinder(airlock)
        if hinder is not _closed:
            airlock.limits = limits
            with airlock.session(seed=1) as session:
                assert printed(session, "print('here')") == "here"


def test_a_lesson_names_what_its_given_cells_import() -> None:
    assert {"convbook.check", "convbook.living", "convbook.plot"} <= set(LESSON.imported)
    assert "convbook.earlier" in lessons()["03_backprop"].imported
    assert all(name.startswith("convbook.") for name in LESSON.imported)


def test_the_list_of_fonts_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "user_cache_path", lambda name: tmp_path / name)
    fonts.stage(tmp_path / "first")
    (made,) = (tmp_path / "first").iterdir()
    monkeypatch.setitem(sys.modules, "matplotlib", None)  # whoever imports it now fails
    fonts.stage(tmp_path / "second")
    (kept,) = (tmp_path / "second").iterdir()
    assert (kept.name, kept.read_bytes()) == (made.name, made.read_bytes())


def test_where_nothing_can_be_kept_the_list_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(fonts, "user_cache_path", lambda name: tmp_path / "file" / name)
    fonts.stage(tmp_path / "first")
    assert [path.suffix for path in (tmp_path / "first").iterdir()] == [".json"]


@pytest.mark.parametrize("put", no_file.ALL)
def test_a_list_that_is_no_file_is_made_anew(
    put: Callable[[Path, Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fonts, "user_cache_path", lambda name: tmp_path / name)
    kept = tmp_path / "convbook" / f"matplotlib-{metadata.version('matplotlib')}"
    kept.mkdir(parents=True)
    put(kept / "fontlist-v0.json", tmp_path)
    fonts.stage(tmp_path / "first")
    (made,) = (tmp_path / "first").iterdir()
    assert json.loads(made.read_bytes())["__class__"] == "FontManager"
