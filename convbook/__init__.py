"""The workbook: checks, gradients, pictures, demos, data and given layers for the lessons."""

from convbook import kernel, themed


def _begin() -> None:
    """In a kernel, let plots follow the page's theme, and show below each check what it came to."""
    shell = kernel.shell()
    if shell is not None:
        from convbook import boxes  # a grader imports the workbook too, and needs none

        themed.watch(shell)
        boxes.watch(shell)


_begin()
