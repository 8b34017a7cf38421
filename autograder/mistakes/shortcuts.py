"""Ways to an answer that leave the exercise out: each with a name and what is said of it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Shortcut:
    """One way to an answer that earns no points.

    Attributes:
        name: a few words, as in the lists of known mistakes.
        noticed: what the check saw, a clause after the name of the function.
        task: what the exercise asks for instead, a sentence.
    """

    name: str
    noticed: str
    task: str

    def text(self) -> str:
        """Return the line that stands below a failure."""
        return f"  {self.task}"


MEASURED = Shortcut(
    "slope measured, not derived",
    "this measures the slope of the forward function; where there is none to see, it fails.",
    "The exercise is to derive the gradient: write down a formula for it, and compute that.",
)
TOO_SLOW = Shortcut(
    "too slow for a formula",
    "this takes too long.",
    "A formula takes a moment here. To measure a slope for each number takes minutes: derive it.",
)
LOOPS = Shortcut(
    "loops in place of array operations",
    "this loops over places or pixels.",
    "The exercise is to do without: let NumPy go through whole arrays.",
)
ASKED = Shortcut(
    "another function has the answer",
    "this calls {}, which has the answer already.",
    "The exercise is to find it in the way that the text describes.",
)
