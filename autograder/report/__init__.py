"""What an instructor reads and sends on: the terminal's table, pages about a class, grades as CSV.

In come the graded notebooks, records and gradebook of a class (`read`); out come a page for each
lesson and one for the course (`write`), with who has rare code in common (`similar`), and files for
a learning platform (`export`), of each lesson or of the whole course (`course`).
"""
