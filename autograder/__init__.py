"""Builds the notebooks, and grades what students hand in."""

import sys

# nbformat loads jsonschema, which loads this package if it is there, to check addresses that no
# notebook has; it builds a grammar, and that takes longer than everything else at the start.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
