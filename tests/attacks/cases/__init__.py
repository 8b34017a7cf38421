"""The cases, a file for each class."""
