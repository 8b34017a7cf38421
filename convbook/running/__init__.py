"""Run a notebook's cells as the grader does: with its packages, in a process of its own.

What home tells of a notebook, and whose function a later lesson takes, is found out here.
"""
