"""Votes from phones: a question of a deck, answered through the lecturer's own laptop.

`poll` is the one vote that is under way, in memory alone. `phones` is what the network sees of it,
`lecturer` what this machine sees: the decks, and who opens and closes a vote. `stream` tells both
of changes, `network` finds the address that phones can reach, `serve` runs it all.
"""
