"""The workbook: checks, gradients, pictures, demos, data and given layers for the lessons."""

from convbook import themed

themed.watch()
