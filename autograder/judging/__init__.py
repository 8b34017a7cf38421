"""Who decides: hidden input, a fair comparison with the solution, and the mistake that explains it.

In come a lesson's checks and the functions they call, trusted ones or a student's by way of the
airlock; out come a verdict, what to say of it, and the name of a known mistake. `warm` makes a
checker ready.
"""
