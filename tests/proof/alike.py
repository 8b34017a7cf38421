"""Pairs of known mistakes that no check tells apart, each with the reason."""

ALIKE: dict[tuple[str, str], dict[tuple[str, str], str]] = {}
