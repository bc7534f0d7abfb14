"""Word lists and rules of extraction as data: plain files a person can read and add to."""

from __future__ import annotations

from functools import partial

from schemas import data_files

# A list file's entries by its sections, and the tables of a TOML file.
read_sections = partial(data_files.read_sections, __package__)
read_toml = partial(data_files.read_toml, __package__)
