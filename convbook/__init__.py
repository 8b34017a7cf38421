"""The workbook: checks, gradients, pictures, demos, data and given layers for the lessons."""
