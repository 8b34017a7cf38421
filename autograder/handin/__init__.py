"""What arrives: files as students hand them in, from a download, an exchange or a folder.

In come bytes that nobody trusts; out go, for each student and lesson, one notebook with the time it
came (`take`), and from its bytes a notebook that can be run, with the lesson's own checks in place
(`submission`).
"""
