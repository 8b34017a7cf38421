"""The net that a lesson looks into, alive: with the student's own layers where they are right.

In come functions of the notebook that runs, and a photograph; out comes a part of the page that
shows what every layer makes of it, marks whose layers they are, and follows the reader's hand. See
also `painting`, where gradient descent looks for the filter behind a map that one paints.
"""

from convbook.living.painting import paint
from convbook.living.shown import Shown, net, trained

__all__ = ["Shown", "net", "paint", "trained"]
