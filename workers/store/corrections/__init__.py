"""Corrections: written beside what the machine found, and laid over it by everybody who reads.

`write` takes one in, `anchors` finds the place of a record again in another text, `overlay` lays the corrections that
are in force over the records of a document.
"""
