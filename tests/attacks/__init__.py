"""Submissions that try to cheat, to spy or to do harm, graded by this autograder and by nbgrader.

make attacks                      run all cases with both graders and print a table
PYTHONPATH=tests python -m attacks --help
"""
