"""Lessons as they are handed out, and how what comes back is brought into their order.

lessons/ holds the notebooks as `autograder build` makes them; nobody works in these. From them a
student's tools know what the grader knows from the solutions: which cells count, and for how much.
"""
