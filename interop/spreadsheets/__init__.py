"""Import of spreadsheets saved as CSV: read, map, check, write.

The order of work: ``reading`` turns bytes into rows of text; ``profile`` looks at each column;
``mapping`` says which column is which field; ``rows`` holds what each kind of file may carry;
``check`` compares the file with the record; ``plan`` keeps the outcome; ``interop.actions`` writes.
"""
