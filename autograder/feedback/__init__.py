"""What a student reads: a graded notebook as one safe HTML file, without what is hidden.

In comes a graded notebook with its points and comments; out comes its page (`page`), or those of a
whole class (`write`), and what a platform (`back`) or nbgrader (`exchange`) takes them in.
"""
