"""The tables of the contract as rows, and rows as JSON lines, CSV or Parquet."""
