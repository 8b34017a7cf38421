"""What students are given: lessons, one wheel of convbook with the data, a set-up, licences.

All of it comes from lists of what may go. Before anything is written, each file is looked through,
however it is packed, for what must not go: solutions, hidden checks, the grader itself.
"""
