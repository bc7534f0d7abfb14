"""On which days by the calendar that happened of which a text tells: evidence against one event where they are apart.

A weekday alone says little: reports of two nights in one town both say "Friday" every seventh time, and "Thursday
night" and "early Friday" can be one event. Counted back from the publication a weekday is a day by the calendar.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import accumulate, chain

import numpy as np
from numpy.typing import NDArray

# What happened at night is told by the day before or after midnight.
_NEAR = 1
# A date some days ahead of the publication is still to come; one months ahead is that of the year before.
_AHEAD = timedelta(days=45)

Days = tuple[int, ...]


@lru_cache(maxsize=4096)
def days_told(weekdays: int, dates: tuple[int, ...], published: datetime | None) -> Days:
    """The days of a lead as ordinals: its dates, and its weekdays as the latest that are not after the publication.

    `weekdays` and `dates` are those of its `Circumstances`.

    None without a publication, for then a weekday is any.
    """
    if not published:
        return ()
    at = published.date()
    found = {at.toordinal() - (at.weekday() - day) % 7 for day in range(7) if weekdays >> day & 1}
    found |= {day.toordinal() for code in dates if (day := _latest(*divmod(code, 32), at))}
    return tuple(sorted(found))


def _latest(month: int, day: int, published: date) -> date | None:
    """The day of a year, in the year of the publication or the one before."""
    for year in (published.year, published.year - 1):
        try:
            found = date(year, month, day)
        except ValueError:  # 29 February
            continue
        if found <= published + _AHEAD:
            return found
    return None


def days_apart(ones: Sequence[Days], others: Sequence[Days]) -> NDArray[np.bool_]:
    """For each of `ones` and `others` whether both tell days, and no two of them are near."""
    apart = np.zeros((len(ones), len(others)), bool)
    rows, columns = ([at for at, days in enumerate(side) if days] for side in (ones, others))
    if not rows or not columns:
        return apart
    left, right = ([*chain.from_iterable(side)] for side in (ones, others))
    near = np.abs(np.array(left)[:, None] - np.array(right)) <= _NEAR
    of_one = np.logical_or.reduceat(near, _starts([ones[at] for at in rows]), axis=0)
    met = np.logical_or.reduceat(of_one, _starts([others[at] for at in columns]), axis=1)
    apart[np.ix_(rows, columns)] = ~met
    return apart


def _starts(told: Sequence[Days]) -> list[int]:
    """Where the days of each begin among those of all."""
    return [0, *accumulate(len(days) for days in told[:-1])]
