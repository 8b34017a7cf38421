"""Take what students handed in, from wherever it is, into a class: submitted/STUDENT/LESSON/."""
