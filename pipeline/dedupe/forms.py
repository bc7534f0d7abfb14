"""Records of one form: a coroner's notes, lottery draws, bulletins of quakes, weekly logs, warnings.

They share a frame, often most of their words, and are neither copies nor one event. What they tell is what fills the
frame. So a record keeps of its telling words those alone that are its own.
"""

from __future__ import annotations

import numpy as np

from pipeline.dedupe.profile import Profile, as_profile_keys
from pipeline.dedupe.shingles import Hashes, within
from pipeline.dedupe.words import Words

_FEWEST_PARTICULARS = 4  # names and numbers without which a text has no form to fill
# Of true copies the longer has two thirds and more of the shorter one's names and numbers, edited or cut; of records of
# one form at most half.
_OF_COPIES = 0.6
# Reports of one event that share so much of their text have half of the particulars in common and more: of 190 pairs in
# two collections three had less; of 160 pairs of one form nine in ten had less.
FRAME, _OF_REPORTS = 0.3, 0.5
_PLACES = 2  # of the frame in which a record has what is its own


def is_form(one: Words, other: Words, contained: float, copy: float) -> bool:
    """Whether two texts are records of one form: a frame in common, and other names and numbers in it.

    `contained` is the share of the shorter text that stands in the longer, at least `FRAME`, and `copy` that from which
    texts are copies.
    """
    shorter, longer = sorted((one, other), key=lambda text: len(text.codes))
    particulars = np.unique(shorter.codes[shorter.particulars()])
    if len(particulars) < _FEWEST_PARTICULARS:
        return False
    shared = float(np.isin(particulars, longer.codes).mean())
    return shared < (_OF_COPIES if contained >= copy else _OF_REPORTS)


def is_filled(one: Words, other: Words, common: Hashes) -> bool:
    """Whether the shorter of two texts has names and numbers of its own in several places of their frame.

    What stands in one place alone is a line with a date or a page's menu, beside a text that both may have.
    """
    shorter, longer = sorted((one, other), key=lambda text: len(text.codes))
    frame = within(shorter, common)
    own = shorter.particulars() & ~np.isin(shorter.codes, longer.codes) & ~frame
    stretch = np.cumsum(np.diff(frame, prepend=True))
    return len(np.unique(stretch[own])) >= _PLACES


def without_frame(own: Profile, text: Words, other: Profile, other_text: Words, common: Hashes) -> Profile:
    """The profile of a record without the words of the frame that it shares with another.

    Those are the words of the shingles in `common`, and all else that both have and that is neither name nor number.
    """
    outside = text.codes[~within(text, common) & text.particulars()]
    alone = text.codes[~np.isin(text.codes, other_text.codes)]
    kept = np.isin(own.body, as_profile_keys(np.concatenate((outside, alone))))
    # A word of the title alone stands among those of the body.
    kept |= ~np.isin(own.body, as_profile_keys(text.codes)) & ~np.isin(own.body, other.title)
    in_title = ~np.isin(own.title, other.title)
    return Profile(own.body[kept], own.title[in_title], own.body_weights[kept], own.title_weights[in_title])
