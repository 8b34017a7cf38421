"""What the source of a deck may say, and what the build says where it is wrong."""

import json
import re
import shutil
from pathlib import Path

import pytest
from machine import needs

from autograder import course
from autograder.cli import main
from autograder.slides import packages
from autograder.slides.build import decks
from autograder.slides.running import run
from autograder.slides.source import DeckError, read

NOTES = "# %% [markdown] notes\n# (2 min) Say it slowly.\n\n"


def slide(kind="slide", heading="A heading", then="", notes=NOTES):
    return f"# %% [markdown] {kind}\n# ## {heading}\n#\n# Some text.\n\n{then}\n\n{notes}"


def deck(special="", plain=11):
    """A deck of one special slide among plain ones, of which two are questions."""
    return special + slide("question") + slide() * 5 + slide("question") + slide() * (plain - 7)


@pytest.fixture
def write(tmp_path):
    def write(text):
        path = tmp_path / "01_small.py"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_deck_is_read(write):
    special = slide("question halves", "How `many`?", '# %% picture\n"""Two dots."""\nplot()')
    found = read(write("# %% run\nimport math\n\n" + deck(special)))
    assert [block.text for block in found.before] == ["import math"]
    assert (len(found.slides), found.questions, found.minutes) == (12, 3, 24)
    first = found.slides[0]
    assert (first.kind, first.halves, first.words) == ("question", True, "How many?")
    assert [(b.kind, b.alt) for b in first.blocks] == [("question", ""), ("picture", "Two dots.")]
    assert (first.notes, first.minutes) == ("Say it slowly.", 2)


@pytest.mark.parametrize(
    "special,said",
    [
        (
            slide(then="# %% [markdown] fragment\n# | a | b |\n# |---|---|\n# | 1 | 2 |"),
            'slide 1 "A heading": a table alone',
        ),
        (slide("question", then="# %% demo\n1"), "a demo needs the whole slide"),
        (slide(notes=""), 'slide 1 "A heading": it has no notes'),
        (slide(notes=NOTES.replace("(2 min) ", "")), "notes begin with the time they take"),
        (slide(notes=NOTES * 2), '"A heading" has notes already'),
        (slide(then="# %% picture\nplot()"), "a picture begins with its alternative text"),
        (slide(then="# %% picture\n"), "a picture begins with its alternative text"),
        (slide(then=f"# %% code\n{'x' * 61}"), "a line of code has 61 characters, at most 60"),
        (slide("slide halves", then=f"# %% code\n{'x' * 41}"), "41 characters, at most 40"),
        (slide(then="# %% figure\n1"), 'the mark "figure" is not known: a code cell is one of'),
        (slide(then="# %%\n1"), "it has no mark: a code cell is one of code, run, picture, demo"),
        (slide(then="# %% code halves\n1"), 'the mark "code halves" is not known'),
        (slide("note"), 'the mark "note" is not known: a markdown cell is one of slide'),
        (slide(then="# %% [markdown] answer\n# Two."), '"A heading" is no question'),
        (slide().replace("## ", ""), "a slide begins with its heading"),
        ("# %% code\n1\n\n", "cell 1: code stands before the first slide"),
    ],
)
def test_what_is_wrong_is_refused(write, special, said):
    with pytest.raises(DeckError, match=re.escape(said)) as refused:
        read(write(deck(special)))
    assert str(refused.value).startswith("01_small, ")


@pytest.mark.parametrize("count,wrong", [(11, True), (12, False), (18, False), (19, True)])
def test_a_deck_has_12_to_18_slides(write, count, wrong):
    part = slide("question") + slide() * 4
    path = write(part * 2 + slide() + part + slide() * (count - 16))
    if count < 16:
        path = write(part * 2 + slide() * (count - 10))
    if wrong:
        with pytest.raises(DeckError, match=f"it has {count} slides: give it 12 to 18"):
            read(path)
    else:
        assert len(read(path).slides) == count


def test_a_deck_asks_the_room(write):
    assert read(write(deck(plain=12)))
    with pytest.raises(DeckError, match="2 of 15 slides ask the room"):
        read(write(deck(plain=15)))
    with pytest.raises(DeckError, match='slide 10 "Late": no question on the 7 slides up to here'):
        read(write(slide("question") * 3 + slide() * 6 + slide(heading="Late") * 3))


@pytest.mark.parametrize("options,wrong", [(1, True), (2, False), (6, False), (7, True)])
def test_a_numbered_list_in_a_question_has_the_options_of_a_vote(write, options, wrong):
    listed = "".join(f"# {n}. this\n" for n in range(1, options + 1))
    text = deck(plain=12).replace(
        "question\n# ## A heading\n#\n", f"question\n# ## Which?\n#\n{listed}#\n", 1
    )
    if not wrong:
        assert read(write(text))
        return
    with pytest.raises(DeckError, match=f'slide 1 "Which.": .* 2 to 6, not {options}$'):
        read(write(text))


def test_all_that_is_wrong_is_said_at_once(write):
    wrong = (
        slide(notes="") + slide(then="# %% figure\n1") + slide(notes=NOTES.replace("(2 min) ", ""))
    )
    text = wrong + slide("question") * 2
    with pytest.raises(DeckError) as refused:
        read(write(text))
    findings = str(refused.value).splitlines()
    said = ["mark", "begin with the time", "give it 12 to 18", "no notes", "no notes"]
    assert [part in finding for part, finding in zip(said, findings, strict=True)] == [True] * 5


@pytest.mark.parametrize(
    "cell,said",
    [
        ("# %% code\n1 / 0", "its code cell stops with ZeroDivisionError"),
        ("# %% code\n1 +", "its code cell stops with SyntaxError"),
        ('# %% picture\n"""Nothing."""\n1', "a picture cell must draw one figure, not 0"),
        ("# %% demo\n1", "the last line of a demo cell must be a demo"),
    ],
)
def test_a_cell_gives_what_it_promises(write, cell, said):
    with pytest.raises(DeckError, match=re.escape(said)):
        run(read(write(deck(slide(then=cell)))))


def test_cells_run_in_order_and_show_what_they_give(write):
    first = slide(then='# %% code\nx = 2\nprint("two")\nx + 1')
    second = slide(then="# %% run\nx = 5\n\n# %% code\nx")
    shown = run(read(write(deck(first + second, plain=10))))
    assert '<pre class="output">two\n3</pre>' in shown[0][1]
    assert shown[1][1] == "" and '<pre class="output">5</pre>' in shown[1][2]


def test_a_picture_follows_the_theme_and_keeps_its_words(write):
    cell = '# %% picture\n"""A line: "up" & <down>."""\nimport matplotlib.pyplot as plt\n'
    cell += 'plt.plot([1, 2], label="x")\nplt.title("small", fontsize=13)\nplt.text(0, 1, "x")\n'
    svg = run(read(write(deck(slide(then=cell)))))[0][1]
    assert 'aria-label="A line: &quot;up&quot; &amp; &lt;down&gt;."' in svg
    assert 'data-points="13"' in svg
    assert "var(--x-on)" in svg and "currentColor" in svg and "#0b5a9e" not in svg


def test_the_lock_names_no_place():
    folder = course.root() / "lectures"
    wanted = json.loads((folder / "package.json").read_text(encoding="utf-8"))["dependencies"]
    lock = json.loads((folder / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    locked = {name.removeprefix("node_modules/"): entry for name, entry in lock.items() if name}
    assert {name: entry["version"] for name, entry in locked.items()} == wanted
    assert all(entry["integrity"].startswith("sha512-") for entry in locked.values())
    assert "://" not in json.dumps(lock)


@pytest.fixture
def small_course(tmp_path, monkeypatch):
    """A course of one deck, on a machine that has no program at all."""
    for name in ("lectures", "solutions", "bin"):
        (tmp_path / name).mkdir()
    (tmp_path / "lectures" / "01_small.py").write_text(deck(slide()), encoding="utf-8")
    pin(tmp_path / "lectures", "6.0.2")
    monkeypatch.setenv("CONVBOOK_COURSE", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return tmp_path


def pin(folder, version):
    (folder / "package.json").write_text(f'{{"dependencies": {{"reveal.js": "{version}"}}}}')


def cache(folder, version):
    """What npm leaves behind when it has fetched reveal.js."""
    home = folder / "node_modules" / "reveal.js"
    for name in packages.FILES:
        (home / "dist" / name).parent.mkdir(parents=True, exist_ok=True)
        (home / "dist" / name).write_text(name)
    (home / "package.json").write_text(f'{{"version": "{version}"}}')


@pytest.mark.parametrize(
    "there,cached,options,missing",
    [
        ([], False, [], "npm"),
        ([], False, ["--pdf"], "npm chromium"),
        (["npm"], False, ["--pdf"], "chromium"),
        (["google-chrome"], False, ["--pdf"], "npm"),
        ([], True, ["--pdf"], "chromium"),
    ],
)
def test_all_missing_programs_are_named_before_anything_is_built(
    small_course, capsys, there, cached, options, missing
):
    for name in there:
        program = small_course / "bin" / name
        program.write_text('#!/bin/sh\necho "$0" >> "${0%/*}/called"\n')
        program.chmod(0o755)
    if cached:
        cache(small_course / "lectures", "6.0.2")
    assert main(["slides", *options]) == 2
    (said,) = capsys.readouterr().err.splitlines()
    assert said.startswith("autograder: not on this machine: ")
    assert said.endswith(f"(Debian: sudo apt install {missing})")
    assert not (small_course / "build").exists() and not (small_course / "bin" / "called").exists()


def test_what_was_fetched_needs_no_program(small_course):
    cache(small_course / "lectures", "6.0.2")
    assert main(["slides"]) == 0
    assert (small_course / "build" / "lectures" / "01_small.html").is_file()


def test_a_deck_that_is_not_there_is_named_first(small_course, capsys):
    assert main(["slides", "13_more"]) == 2
    assert "there is no deck 13_more; there are 01_small" in capsys.readouterr().err


@needs("npm")
def test_without_a_network_the_build_says_what_to_do(tmp_path, monkeypatch):
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(course.root() / "lectures" / name, tmp_path)
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "cache"))
    with pytest.raises(DeckError, match="Try again where there is one, or bring"):
        packages.assets(tmp_path)


def test_npm_is_asked_once(tmp_path, monkeypatch):
    pin(tmp_path, "6.0.2")
    cache(tmp_path, "6.0.2")
    monkeypatch.setenv("PATH", "")
    assert packages.assets(tmp_path) == {name: name for name in packages.FILES}
    cache(tmp_path, "6.0.1")
    with pytest.raises(DeckError, match="Debian: sudo apt install npm"):
        packages.assets(tmp_path)


# The decks themselves.

DECKS = decks(course.root())
each_deck = pytest.mark.parametrize("source", DECKS.values(), ids=DECKS.keys())


def test_a_deck_belongs_to_a_lesson_or_opens_the_course():
    assert set(DECKS) <= {"00_course", *course.lessons()}


@each_deck
def test_nothing_is_wrong_with_a_deck(source):
    read(source)


def squeezed(line):
    """A line without spaces, comment and the word return."""
    return re.sub(r"\s|#.*", "", line).removeprefix("return")


def bodies():
    """The lines of all solutions, each long enough to be nobody's but that solution's."""
    found = {}
    for lesson in course.lessons().values():
        for name, text in lesson.solutions.items():
            inside = text.partition("### BEGIN SOLUTION")[2].partition("### END SOLUTION")[0]
            for line in inside.splitlines():
                plain = squeezed(line)
                if len(plain) >= 25 and not plain.startswith(("raise", "def", '"')):
                    found[plain] = name
    return found


@each_deck
def test_a_deck_holds_no_solution(source: Path):
    deck = read(source)
    asked = frozenset().union(*(lesson.asked for lesson in course.lessons().values()))
    text = "\n".join(block.text for slide in deck.slides for block in slide.blocks)
    text += "\n".join([slide.notes for slide in deck.slides] + [b.text for b in deck.before])
    defined = set(re.findall(r"(?:def|class) (\w+)|^(\w+) *= *lambda", text, flags=re.MULTILINE))
    assert {name for pair in defined for name in pair if name} & asked == set()
    lines = {squeezed(line) for line in text.splitlines()}
    assert {line: name for line, name in bodies().items() if line in lines} == {}
