"""The course's website: lessons as students get them, decks, demos and docs in one static folder.

`sources` writes what Sphinx reads, `builder` has it make the pages, `run` puts them together with
what students are given, has all of it looked through, and writes it. `formulas` is Sphinx's way to
the course's own formulas.
"""
