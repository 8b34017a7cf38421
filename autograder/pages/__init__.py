"""What every page is made of: text of students made harmless, formulas, code, plots in its colours.

In come Markdown, source, text and figures; out comes HTML without a script, a handler or an address
to load. Feedback, reports and slides put pages together from it. `serving` has what servers of
pages share.
"""
