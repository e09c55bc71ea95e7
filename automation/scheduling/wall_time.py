"""From what a clock on the wall shows to the moment it does so, also on days when the clock is changed."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)


def moment(day: date, minutes: int, zone: ZoneInfo, *, last: bool = False) -> datetime:
    """When ``minutes`` after midnight of ``day`` is reached, in UTC; ``minutes`` may lie beyond that day.

    An hour shown twice counts from its first showing, with ``last`` from its second; one that is left out is
    reached when the clock jumps over it.
    """
    wall = datetime.combine(day, time()) + minutes * MINUTE
    early, late = _utc(wall, zone, 0), _utc(wall, zone, 1)
    if early > late:
        return _jump(late, early, zone)
    return late if last else early


def _utc(wall: datetime, zone: ZoneInfo, fold: int) -> datetime:
    return wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)


def _jump(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The minute between the two at which the clock is put forward."""
    old = before.astimezone(zone).utcoffset()
    while after - before > MINUTE:
        middle = before + (after - before) // 2 // MINUTE * MINUTE
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after
