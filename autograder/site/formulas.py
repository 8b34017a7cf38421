"""An extension of Sphinx: formulas as MathML, as on all pages of the course, without a script."""

from typing import Any

from autograder.pages.html import FORMULA, formula


def setup(app: Any) -> dict[str, bool]:
    """Give Sphinx another way to set formulas, under the name mathml."""
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _inline(page: Any, node: Any) -> None:
    _set(page, formula(node.astext(), "inline"))


def _block(page: Any, node: Any) -> None:
    _set(page, f"{FORMULA}{formula(node.astext(), 'block')}</div>\n")


def _set(page: Any, html: str) -> None:
    from docutils.nodes import SkipNode

    page.body.append(html)
    raise SkipNode
