"""Dates of events: what day, week, month or year a text speaks of, told against its day of publication."""

from pipeline.dates.mentions import DateMention, date_mentions, event_date

__all__ = ["DateMention", "date_mentions", "event_date"]
