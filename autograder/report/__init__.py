"""The instructor's report: a page for each lesson and one for the course, of a graded class."""
