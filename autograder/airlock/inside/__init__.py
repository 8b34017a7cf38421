"""What runs inside the worker processes. Needs no other part of autograder but wire.py."""
