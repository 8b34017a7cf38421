"""What a lesson says and shows keeps the rules, and a lesson that does not is told."""

from pathlib import Path

import pytest

from autograder.build import prose, source
from autograder.course import Lesson, lessons

LESSON = "02_convolution"
LECTURES = sorted((Path(__file__).parents[3] / "lectures").glob("*.py"))


def findings(old: str, new: str) -> list[str]:
    """Put a fault into a lesson's text, and return what is said of it."""
    path = lessons()[LESSON].path
    text = path.with_suffix(".py").read_text(encoding="utf-8")
    assert old in text
    lesson = Lesson(path)
    lesson.notebook = source.to_notebook(text.replace(old, new, 1), LESSON)
    return list(prose.lint(lesson, lesson.notebook))


PICTURE = '# %% tags=["plot"] alt="A photograph of a man behind a camera'
FAULTS = {
    "a list": ("# This is a **cross-correlation**.", "# This is a\n# 1. **cross**.", "'1. **cross"),
    "a dash": ("# Take five numbers", "# Take\n# - five numbers", "'- five numbers"),
    "a heading": ("# Take five numbers", "# Take\n# # five numbers", "'# five numbers"),
    "a late start": ("# Take five numbers", "# 12. Take five numbers", "'12. Take five"),
    "a prediction": (
        "# <details><summary>Answer</summary>\n#\n# Five, three, and none:",
        "# Five, three, and none:",
        "follows a prediction",
    ),
    "no alternative text": (PICTURE, '# %% tags=["plot"] title="', "draws: say what it shows"),
    "an empty one": (
        PICTURE,
        '# %% tags=["plot"] alt="" title="A photograph',
        "draws: say what it shows",
    ),
    "no box": ("# 2 points. Shown: the example", "# 2 points: the example", "begins with"),
    "a box that is cut": (
        "Hidden: random lines, filters, strides and paddings.",
        "Hidden: random lines,\n# filters.",
        "ends within a sentence",
    ),
}


@pytest.mark.parametrize(("old", "new", "said"), FAULTS.values(), ids=FAULTS)
def test_a_fault_in_a_lesson_is_found(old: str, new: str, said: str) -> None:
    found = findings(old, new)
    assert len(found) == 1, found
    assert said in found[0]


def test_a_list_that_goes_on_after_a_gap_is_one() -> None:
    old = "# ## 1. Along a line\n"
    assert findings(old, "# 1. One.\n#\n# 2. Two,\n#    and more.\n#\n" + old) == []


ODD = """\
How many weights has one unit?
How many weights have they?
Has it **parameters**?
A window of 3 shall give 3 outputs.
That is your affair.
Which entry is that in truth?
Do it in the head.
Try the way there.
Write it there and back.
The run is gone on with.
It is zero but for a single 1.
Every of the 256 threads reads.
One column at a turn.
Max pooling is none.
2.33 is no whole number.
It is so high, so wide.
It is turned by half a circle.
A layer turns its output round.
One mean a channel.
Which part of the numbers is dropped?
Here `dx` is wanted.
Section 2 will thank us.
What the border has to say.
Rows talk to each other.
A picture that counts from 0 to 8.
Lectures write it so.
A fully connected layer."""


@pytest.mark.parametrize("sentence", ODD.splitlines())
def test_odd_turns_of_phrase_are_found(sentence: str) -> None:
    assert len(list(prose.phrases(sentence))) == 1


@pytest.mark.parametrize(
    "sentence",
    [
        "How many pixels have a gradient?",
        "The first one is none of your inputs.",
        'A friend says: "It is your affair."',
        "The kernel waits for the shallow part.",
    ],
)
def test_plain_english_passes(sentence: str) -> None:
    assert list(prose.phrases(sentence)) == []


def test_every_phrase_has_its_example() -> None:
    assert len(prose.PHRASES) == len(ODD.splitlines()) - 1, "has and have are one"


@pytest.mark.parametrize("deck", LECTURES, ids=lambda path: path.stem)
def test_decks_have_no_odd_turns_either(deck: Path) -> None:
    lines = deck.read_text(encoding="utf-8").splitlines()
    text = " ".join(line[2:] for line in lines if line.startswith("# "))
    assert list(prose.phrases(text)) == []
