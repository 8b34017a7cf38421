"""Feedback pages: what a student may see of a graded notebook, as one safe HTML file."""
