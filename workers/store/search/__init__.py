"""Full-text search over titles and texts, one grammar on both databases.

`query` reads what a person typed, `index` asks the database, which keeps the index by triggers of its own.
"""
