"""The decks: from the text source of a lecture to one HTML file that works without a network.

In comes a deck's text, which `source` reads and `running` runs; out comes its page (`page`), and a
PDF (`pdf`). `programs` says what a machine lacks, `packages` fetches the JavaScript once. `vote`
serves built decks to a lecturer whose room votes from phones.
"""
