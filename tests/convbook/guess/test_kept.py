"""What was guessed stays beside the lessons; a file that is broken costs nothing."""

import json
from pathlib import Path

import pytest

from convbook.guess import kept
from convbook.guess.kept import Guess

WRONG, RIGHT = Guess(["1"], False, 2), Guess(["2"], True, 2)


def test_a_guess_is_kept_and_comes_back_two_lessons_later(tmp_path: Path) -> None:
    kept.keep(tmp_path, "03/relu", WRONG)
    kept.keep(tmp_path, "03/rate", RIGHT)
    kept.keep(tmp_path, "04/ones", WRONG)
    assert kept.all_of(tmp_path)["03/relu"] == WRONG
    assert kept.due(tmp_path, "05") == ["03/relu"]
    assert kept.due(tmp_path, "04") == [] and kept.due(tmp_path, "06") == ["04/ones"]
    kept.keep(tmp_path, "03/relu", Guess(["1"], False, 2, again=False))
    assert kept.due(tmp_path, "05") == ["03/relu"]
    kept.keep(tmp_path, "03/relu", Guess(["1"], False, 2, again=True))
    assert kept.due(tmp_path, "05") == []


def test_it_says_how_many_of_the_sure_ones_were_right(tmp_path: Path) -> None:
    assert kept.said(tmp_path) == ""
    for name, right, sure in (("a", 1, 2), ("b", 0, 2), ("c", 1, 1), ("d", 0, None), ("e", 0, 0)):
        kept.keep(tmp_path, f"03/{name}", Guess(["1"], bool(right), sure))
    assert kept.said(tmp_path) == (
        "Predictions: 2 of 5 right; 1 of the 2 you were certain of;"
        " 1 of the 1 you were fairly sure of."
    )


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b'{"03/relu": 1}', b'{"03/relu": {}}',
     b'{"03/relu": {"typed": "1", "right": true}}', b'{"03/relu": {"typed": [], "right": 1}}',
     b'{"03/relu": {"typed": [], "right": true, "sure": 9}}',
     b'{"03/relu": {"typed": [], "right": true, "more": 9}}'],
)  # fmt: skip
def test_a_broken_file_costs_nothing_but_what_was_in_it(tmp_path: Path, content: bytes) -> None:
    (tmp_path / kept.FILE).write_bytes(content)
    assert kept.all_of(tmp_path) == {} and kept.due(tmp_path, "05") == []
    kept.keep(tmp_path, "04/ones", RIGHT)
    assert kept.all_of(tmp_path) == {"04/ones": RIGHT}


def test_one_broken_entry_leaves_the_others(tmp_path: Path) -> None:
    kept.keep(tmp_path, "04/ones", RIGHT)
    entries = json.loads((tmp_path / kept.FILE).read_text()) | {"03/relu": {"typed": 1}}
    (tmp_path / kept.FILE).write_text(json.dumps(entries))
    assert kept.all_of(tmp_path) == {"04/ones": RIGHT}


def test_a_folder_that_cannot_be_written_to_is_no_error(tmp_path: Path) -> None:
    (tmp_path / kept.FILE).mkdir()
    kept.keep(tmp_path, "04/ones", RIGHT)
    kept.keep(tmp_path / "nowhere", "04/ones", RIGHT)
    assert kept.all_of(tmp_path) == {}


def test_the_file_lies_beside_the_lessons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "02_convolution").mkdir()
    monkeypatch.chdir(tmp_path / "02_convolution")
    assert kept.here() == tmp_path
    monkeypatch.chdir(tmp_path)
    assert kept.here() == tmp_path
