"""One submission becomes one grade, on this machine or on another.

In come the bytes of a file (`task`); out comes a `Grade`: what each check came to, and the notebook
as it ran in an airlock. A grade depends on nothing but what `fingerprint` has a hash of.
"""
