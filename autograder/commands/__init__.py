"""The commands of autograder, a file each. Each imports what it needs when it runs, so that the
quick ones start quickly."""
