"""The student's desk: JupyterLab with its home page, points so far, and what is handed in.

In come the notebooks that somebody works in, read by `notebook`; out come what is done and what is
next, a file to hand in, and what is wrong with the machine (`doctor`).
"""
