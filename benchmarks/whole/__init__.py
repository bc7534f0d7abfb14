"""`make bench`: the whole program measured beside the plain way and the limit, written as one report."""
