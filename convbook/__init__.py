"""The workbook: checks, gradients, pictures, demos, data and given layers for the lessons."""

from convbook import figures

figures.watch()
