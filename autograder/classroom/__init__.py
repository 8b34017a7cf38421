"""What a class keeps: a grade for each submission, its record, and a line in the gradebook.

In come the folders of those who handed in (`grade`); out come graded notebooks, sealed records and
nbgrader's gradebook, with what lateness costs by `policy`. What lessons count in the course is in
`counting`. One process writes.
"""
