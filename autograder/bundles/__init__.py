"""Grading inside other platforms: what they run, what they read, what they want written.

A platform starts a container, lays a hand-in into a folder and reads a file of results. Each has a
file here; all grade in one way (`work`), so that the same hand-in gets the same points everywhere.
Classroom 50, where everybody can read it, gets the shown checks alone: its script is in student/.

    python -m autograder.bundles gradescope 02_convolution
"""
