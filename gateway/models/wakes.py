"""What a unit of work leaves to be woken: noted while rows are written, rung by the caller after the commit."""

from dataclasses import dataclass, field

from sqlalchemy.orm import Session


@dataclass(slots=True)
class Wakes:
    """Hints only: a sweep finds whatever a lost one would have named."""

    lanes: set[str] = field(default_factory=set)
    """Lane keys with inbound events to process."""
    sends: set[int] = field(default_factory=set)
    """Contact ids with deliveries due."""
    media: set[int] = field(default_factory=set)
    """Media ids to fetch."""
    files: set[int] = field(default_factory=set)
    """Message ids whose files must be made ready before they go out."""
    campaigns: bool = False
    """Some campaign has rows to check or to send."""
    seen: set[int] = field(default_factory=set)
    """Conversation ids whose customer may see that somebody reads and writes."""
    requests: bool = False
    """Other systems are to be asked."""
    timers: bool = False
    """A timer is due."""
    routing: bool = False
    """Somebody waits for people anew, or one of the people has room again."""
    live: bool = False
    """The event log grew: consoles want to know."""

    def add(self, other: "Wakes") -> None:
        """Take over what another unit of work noted, to ring once for both."""
        self.lanes |= other.lanes
        self.sends |= other.sends
        self.media |= other.media
        self.files |= other.files
        self.seen |= other.seen
        self.campaigns = self.campaigns or other.campaigns
        self.requests = self.requests or other.requests
        self.timers = self.timers or other.timers
        self.routing = self.routing or other.routing
        self.live = self.live or other.live

    def __bool__(self) -> bool:
        named = self.lanes or self.sends or self.media or self.files or self.seen
        return bool(named or self.campaigns or self.requests or self.timers or self.routing or self.live)


def wakes_of(session: Session) -> Wakes:
    """The wakes noted in this session so far."""
    wakes: Wakes = session.info.setdefault("wakes", Wakes())
    return wakes
