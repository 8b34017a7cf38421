"""From the text of a lesson to its notebooks, and back.

In comes solutions/NN_topic/NN_topic.py; out come the solution notebook beside it and the released
one in notebooks/, without solutions and hidden checks. `lint` says what breaks a rule.
"""
