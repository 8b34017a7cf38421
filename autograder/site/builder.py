"""Sphinx, with the course's look: from a folder of sources to the files of a website."""

import io
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from autograder.course import CourseError
from convbook.demo.page import read_asset

PACKAGES = ("furo", "myst_nb", "sphinx")
STATIC = Path(__file__).parent / "static"
RIGHTS = (
    "2026, the authors of the ConvNet workbook."
    " Text, pictures and slides: CC BY 4.0. Code: BSD-3-Clause"
)
LINES = 20  # of warnings, of which the first tell enough
FONT = '-apple-system, system-ui, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif'
CODE = 'ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace'
# Furo's colours, by those of the demos.
COLOURS = {
    "color-brand-primary": "var(--x-on)",
    "color-brand-content": "var(--x-on)",
    "color-brand-visited": "var(--x-on)",
    "color-foreground-primary": "var(--fg)",
    "color-foreground-secondary": "var(--muted)",
    "color-foreground-muted": "var(--muted)",
    "color-foreground-border": "var(--line)",
    "color-background-primary": "var(--bg)",
    "color-background-secondary": "var(--pad)",
    "color-background-border": "var(--edge)",
    "color-inline-code-background": "var(--pad)",
    "color-code-background": "var(--pad)",
    "color-code-foreground": "var(--fg)",
    "font-stack": FONT,
    "font-stack--monospace": CODE,
}
# What Furo and Sphinx do not say to readers who do not see a page: expression, replacement.
UNSAID = {
    r'role="heading"': 'role="heading" aria-level="2"',
    r'<aside class="sidebar-drawer"': r'\g<0> aria-label="All pages"',
    r'<aside class="toc-drawer"': r'\g<0> aria-label="On this page"',
    r'<th class="(head[^"]*)"><p></p></th>': r'<td class="\1"></td>',
    r'<div class="table-wrapper': r'<div tabindex="0" class="table-wrapper',
    r'<div id="search-results">': r"<h1>Search</h1>\n\g<0>",
}
CONFIGURATION: dict[str, Any] = {
    "extensions": ["myst_nb", "autograder.site.formulas"],
    "html_theme": "furo",
    "html_static_path": [str(STATIC)],
    "html_css_files": ["site.css"],
    "html_favicon": str(STATIC / "logo.svg"),
    "html_logo": str(STATIC / "logo.svg"),
    "html_math_renderer": "mathml",
    "html_copy_source": False,
    "html_use_index": False,
    "html_show_search_summary": False,  # it would fetch pages, which a browser denies to files
    "pygments_style": "default",
    "pygments_dark_style": "github-dark",
    "nb_execution_mode": "off",
    "myst_enable_extensions": ["amsmath", "dollarmath"],
    "myst_heading_anchors": 3,
    "copyright": RIGHTS,
}


def check() -> None:
    """Raise CourseError where a package that builds the website is missing."""
    for name in PACKAGES:
        if find_spec(name) is None:
            raise CourseError(f"{name} is missing, which builds the website: run make site")


def build(sources: Path, pages: Path, name: str) -> dict[str, bytes]:
    """Have Sphinx make the pages.

    Args:
        sources: the folder of what it reads.
        pages: an empty folder, in which it works.
        name: of the course.

    Returns:
        The content of each file of the website by its path.

    Raises:
        CourseError: Sphinx finds something wrong.
    """
    from sphinx.application import Sphinx
    from sphinx.util.docutils import docutils_namespace, patch_docutils

    warnings = io.StringIO()
    settings = CONFIGURATION | {
        "project": name,
        "html_title": name,
        "html_theme_options": {
            f"{theme}_css_variables": COLOURS | colours
            for theme, colours in zip(("light", "dark"), _demo_colours(), strict=True)
        },
    }
    lines = [f"{key} = {value!r}\n" for key, value in settings.items()]
    (sources / "conf.py").write_text("".join(lines), encoding="utf-8")
    made = pages / "html"
    with patch_docutils(), docutils_namespace():
        Sphinx(
            srcdir=sources,
            confdir=sources,
            outdir=made,
            doctreedir=pages / "trees",
            buildername="html",
            status=None,
            warning=warnings,
        ).build()
    if said := re.sub(r"\x1b\[[\d;]*m", "", warnings.getvalue()).strip():
        raise CourseError("Sphinx says:\n" + "\n".join(said.splitlines()[:LINES]))
    found = (path for path in sorted(made.rglob("*")) if path.is_file())
    files = {path.relative_to(made).as_posix(): path.read_bytes() for path in found}
    return {name: _said(name, content) for name, content in files.items() if name[0] != "."}


def _said(name: str, content: bytes) -> bytes:
    """Return a file of the website; a page says what is UNSAID."""
    if not name.endswith(".html"):
        return content
    text = content.decode("utf-8")
    for unsaid, said in UNSAID.items():
        text = re.sub(unsaid, said, text)
    return text.encode("utf-8")


def _demo_colours() -> list[dict[str, str]]:
    """Return the variables of the demos' colours, for light and for dark."""
    css = read_asset("demo.css")
    blocks = re.findall(r"^:root.*?\{(.*?)^\}", css, flags=re.MULTILINE | re.DOTALL)[:2]
    return [dict(re.findall(r"--([\w-]+): ([^;]+);", block)) for block in blocks]
