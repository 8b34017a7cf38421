"""Written answers, graded by a person in the browser.

In come the graded notebooks of a lesson; points and comments go out into the gradebook and the
record. A small server shows one question, and alike answers together. No name leaves it until it
is asked for.
"""
