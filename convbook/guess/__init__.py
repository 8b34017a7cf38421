"""Predictions that one commits to: the truth is laid over a guess once it is given, never before.

In comes the name of a prediction, or the number of a lesson; out comes a part of the notebook that
takes a guess, keeps it beside the lessons and shows what is true. There are no points. What is
asked lies sealed in asked/. Where there is no kernel, as in grading, nothing happens.
"""

from __future__ import annotations

from convbook import kernel


def ask(name: str) -> None:
    """Ask for a guess, or show the one that was given.

    Args:
        name: of the prediction, as in '03/relu'.
    """
    if kernel.shell() is not None:  # what is below is loaded only there
        from convbook.guess import live

        live.ask(name)


def again(lesson: str) -> None:
    """Ask once more what was guessed wrong two lessons ago; where nothing was, show nothing.

    Args:
        lesson: the number of this one, as in '05'.
    """
    if kernel.shell() is not None:
        from convbook.guess import live

        live.again(lesson)


def answer(name: str) -> None:
    """Show what a lesson says after a guess, to whom no guess can be given.

    Args:
        name: of the prediction.
    """
    if kernel.shell() is not None:
        from convbook.guess import live

        live.answer(name)
