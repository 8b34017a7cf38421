"""Builds the notebooks, and grades what students hand in."""
