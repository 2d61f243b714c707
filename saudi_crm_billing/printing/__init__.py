"""What every print of the app shares, whichever slice it is of: the house style, the page, and HTML to PDF."""
