"""What every lesson says of its licence at the end, and every slide below its content."""

LINE = (
    "Text and pictures: CC BY 4.0. Code: BSD-3-Clause. Data: data/NOTICE."
    " The authors of the ConvNet workbook."
)
