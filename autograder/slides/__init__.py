"""Slides: from the text source of a lecture to one HTML file that works without a network.

source reads a deck and refuses what is wrong with it; running runs its cells; page writes the file;
packages fetches the JavaScript; pdf prints a deck.
"""
