"""The home page: what it says of each lesson, and that it is told again only when asked."""

import io
import json
import sys
import urllib.error
import urllib.request
from http.cookiejar import CookieJar
from importlib import metadata
from pathlib import Path

import matplotlib.pyplot as plt
import psutil
import pytest
from playwright.sync_api import Browser
from server import serving
from test_progress import function, small

from convbook import cli, notebook
from convbook.desk import home, known
from convbook.guess import kept

RIGHT, BLANK = "return 1", "raise NotImplementedError"


@pytest.fixture
def lesson(tmp_path: Path) -> Path:
    """A lesson of three exercises: one right, one blank, one wrong."""
    three = [function("one", RIGHT), function("two", BLANK), function("three", "return 3")]
    path = small(tmp_path, *three)
    cells = json.loads(path.read_text())
    cells["cells"][0]["source"] = "# 01 A small one\n\n**You will learn** what `x` is <b>.\n\nMore."
    path.write_text(json.dumps(cells))
    return path


def test_a_lesson_is_shown_before_its_checks_ever_ran(lesson: Path) -> None:
    (seen,) = known.last([lesson])
    assert (seen.lesson.points, seen.lesson.most, seen.looked) == (0, 3, False)
    page = home.page([seen])
    assert "01 A small one" in page and "What <code>x</code> is &lt;b&gt;." in page
    assert "not looked at yet" in page and "0 of 3 points" in page


def test_it_says_how_good_predictions_were(
    lesson: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "Predictions:" not in home.page(known.last([lesson]))
    folder = lesson.parent.parent
    kept.keep(folder, "01/weights", kept.Guess(["1"], False, 2))
    kept.keep(folder, "01/stops", kept.Guess(["5"], True, 2))
    says = "Predictions: 1 of 2 right; 1 of the 2 you were certain of."
    assert f"<p>{says}</p>" in home.page(known.last([lesson]))
    assert cli.main(["progress", str(folder)]) == 0
    assert capsys.readouterr().out.endswith(f"{says}\n")


def test_points_are_kept_and_a_later_change_is_said(lesson: Path) -> None:
    list(known.look([lesson]))
    (seen,) = known.last([lesson])
    assert (seen.lesson.points, seen.lesson.todo, seen.changed) == (1, "write two", False)
    assert f'data-path="{lesson.parent.name}/{lesson.name}"' in home.page([seen])
    assert "<b>Next:</b>" in home.page([seen]) and "write two" in home.page([seen])
    lesson.write_text(lesson.read_text().replace(BLANK, RIGHT))
    (seen,) = known.last([lesson])
    assert (seen.lesson.points, seen.changed) == (1, True)
    assert "saved since then; before: write two" in home.page([seen])
    known.bring_up_to_date([lesson])
    (seen,) = known.last([lesson])
    assert (seen.lesson.points, seen.lesson.todo) == (2, "three does not pass its check yet")


def test_what_has_not_changed_is_not_run_again(lesson: Path) -> None:
    list(known.look([lesson]))
    file = lesson.parent.parent / known.FILE
    file.write_text(file.read_text().replace('"points": 1', '"points": 7'))
    known.bring_up_to_date([lesson])
    assert known.last([lesson])[0].lesson.points == 7


def test_progress_in_the_terminal_writes_the_same_record(lesson: Path) -> None:
    assert cli.main(["progress", str(lesson.parent.parent)]) == 0
    assert known.last([lesson])[0].lesson.points == 1


def test_which_checks_were_right_is_kept_for_the_table_of_contents(lesson: Path) -> None:
    assert known.passed(lesson) == []
    list(known.look([lesson]))
    assert known.passed(lesson) == ["check-one"]
    for odd in ('{"01_small": {"passed": 3}}', '{"01_small": {"passed": [1, "a"]}}', "[]"):
        (lesson.parent.parent / known.FILE).write_text(odd)
        assert known.passed(lesson) in ([], ["a"])


@pytest.mark.parametrize("text", ["", "{", "[]", '{"01_small": 3}', '{"01_small": {"points": []}}'])
def test_a_damaged_record_is_as_none(lesson: Path, text: str) -> None:
    (lesson.parent.parent / known.FILE).write_text(text)
    assert not known.last([lesson])[0].looked
    known.bring_up_to_date([lesson])
    assert known.last([lesson])[0].lesson.points == 1


def test_a_notebook_that_cannot_be_read_says_what_to_do(lesson: Path) -> None:
    lesson.write_text("{")
    assert "01_small" in home.page(known.last([lesson]))
    list(known.look([lesson]))
    assert "get this notebook from the course again" in home.page(known.last([lesson]))


def test_every_lesson_says_what_it_teaches() -> None:
    lessons = notebook.lessons_in(Path(home.__file__).parents[2] / "notebooks")
    assert len(lessons) == 13
    for seen in known.last(lessons):
        assert len(seen.teaches) > 60 and seen.lesson.most == 20, seen.lesson.path


@pytest.mark.slow
def test_the_server_answers_with_the_page_and_runs_checks_when_asked(
    lesson: Path, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "convbook.cli", "lab", str(lesson.parent.parent)]
    with serving(command, home=tmp_path / "home") as address:
        cookies = CookieJar()
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(cookies))
        opener.open(f"{address}/lab", timeout=60).read()
        token = next(cookie.value for cookie in cookies if cookie.name == "_xsrf")

        def ask(where: str = "home", **how: object) -> str:
            request = urllib.request.Request(
                f"{address}/convbook/{where}", headers={"X-XSRFToken": token or ""}, **how
            )
            return opener.open(request, timeout=120).read().decode()

        assert "not looked at yet" in ask()
        assert "1 of 3 points" in ask(data=b"", method="POST")
        assert "1 of 3 points" in ask()
        path = f"{lesson.parent.name}/{lesson.name}"
        assert json.loads(ask(f"passed?path={path}")) == ["check-one"]
        for other in ("passed", "passed?path=../../etc/passwd", "passed?path=a/b.ipynb"):
            assert json.loads(ask(other)) == []


@pytest.mark.slow
@pytest.mark.parametrize("base", ["/", "/user/ada/"])
def test_nbgraders_validate_answers_and_the_start_does_not_wait_for_it(
    lesson: Path, tmp_path: Path, base: str
) -> None:
    command = [sys.executable, "-m", "convbook.cli", "lab", str(lesson.parent.parent)]
    options = [f"--ServerApp.base_url={base}", "--ServerApp.disable_check_xsrf=True"]
    with serving([*command, *options], home=tmp_path / "home", ready=f"{base}api") as address:

        def ask(what: str, content: dict | None = None) -> dict:
            data = json.dumps(content).encode() if content else None
            found = urllib.request.urlopen(f"{address}{base}{what}", data, timeout=120)
            return json.loads(found.read())

        (server,) = (p for p in psutil.Process().children() if "jupyterlab" in p.cmdline())
        loaded = " ".join(file.path for file in server.memory_maps())
        assert "/markupsafe/" in loaded and "/sqlalchemy/" not in loaded, "nbgrader is loaded"
        assert ask(f"nbgrader_version?version={metadata.version('nbgrader')}")["success"]
        path = f"{lesson.parent.name}/{lesson.name}"
        found = ask("assignments/validate", {"path": path})  # it was not made with nbgrader
        assert "nbgrader update" in found["value"], found
        with pytest.raises(urllib.error.HTTPError, match="403"):
            ask("assignments/validate", {"path": "../../etc/passwd"})


def test_the_instructors_part_needs_the_whole_course(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["lab", "--instructor", str(tmp_path)]) == 2
    assert "run this in the folder that holds nbgrader_config.py" in capsys.readouterr().err


def test_where_the_record_cannot_be_written_points_are_told_all_the_same(lesson: Path) -> None:
    (lesson.parent.parent / known.FILE).with_suffix(".part").mkdir()
    assert [x.points for x in known.look([lesson])] == [1]
    assert not known.last([lesson])[0].looked


def test_an_empty_bar_is_as_dark_as_its_page(browser: Browser) -> None:
    page = browser.new_page(color_scheme="dark")
    bars = "".join(f'<progress max="18" value="{value}"></progress>' for value in (0, 18))
    dark = "background: #111; --jp-border-color2: #424242"
    page.set_content(
        f'<style>{home.STYLE}</style><div class="convbook" style="{dark}">{bars}</div>'
    )
    shots = [bar.screenshot() for bar in page.locator("progress").all()]
    empty, full = (plt.imread(io.BytesIO(shot))[..., :3].mean(axis=(0, 1)) for shot in shots)
    assert empty.max() < 0.3
    assert full[1] > 1.5 * full[0], "green"
    page.close()
