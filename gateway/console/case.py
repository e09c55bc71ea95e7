"""The open conversation as its page needs it: whose turn it is, how it may be answered, who can take it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.config.running import RunningConfig
from gateway.console import formats, words
from gateway.console.composer import Composer, Facts, composer_of
from gateway.core import clock
from gateway.core.business import Business
from gateway.core.errors import NotFound
from gateway.core.words import ConversationState, Owner
from gateway.desk.users import Account
from gateway.models.contact import Address, Contact, OptOut, SessionWindow
from gateway.models.conversation import Conversation
from gateway.models.user import User

HERE = (SessionWindow.address_id == Conversation.address_id) & (SessionWindow.channel_id == Conversation.channel_id)


@dataclass(frozen=True, slots=True)
class Case:
    """A conversation and what stands around it. ``turn``: bot, waiting, mine, theirs or resolved."""

    id: int
    turn: str
    name: str
    channel_type: str
    address: str
    language: str | None
    queue: str | None
    queue_name: str
    assignee_id: int | None
    assignee: str
    waiting_since: datetime | None
    opted_out_since: datetime | None
    pressing: str
    """How it stands in line, where that is not as usual."""
    conversation: Conversation
    composer: Composer
    shows_typing: bool
    """Whether the customer is to see that their agent writes."""

    @property
    def composer_key(self) -> str:
        """Changes whenever the reply box must be drawn anew, and never while somebody may be typing in it."""
        shuts = self.composer.closes_at.isoformat() if self.composer.closes_at else ""
        return f"{self.turn}-{self.composer.state}-{self.channel_type}-{self.address}-{self.assignee_id}-{shuts}"


def case_of(session: Session, conversation_id: int, who: Account, config: RunningConfig) -> Case:
    """The conversation with this id.

    Raises:
        NotFound: there is none.
    """
    found = session.execute(
        select(Conversation, Contact, Address, User.name, SessionWindow.last_inbound_at)
        .join(Contact, Contact.id == Conversation.contact_id)
        .join(Address, Address.id == Conversation.address_id)
        .outerjoin(User, User.id == Conversation.assignee_id)
        .outerjoin(SessionWindow, HERE)
        .where(Conversation.id == conversation_id)
    ).first()
    if found is None:
        raise NotFound("There is no such conversation.")
    conversation, contact, address, assignee, heard = found
    name = contact.name or contact.profile_name or formats.address(address.value)
    opted_out = _opted_out(session, conversation)
    turn = turn_of(conversation.state, conversation.owner, conversation.assignee_id == who.id)
    return Case(
        id=conversation.id,
        turn=turn,
        name=name,
        channel_type=conversation.channel_type,
        address=address.value,
        language=conversation.language or contact.language,
        queue=conversation.queue,
        queue_name=queue_names(config.business).get(conversation.queue or "", conversation.queue or ""),
        assignee_id=conversation.assignee_id,
        assignee=assignee or "",
        waiting_since=conversation.waiting_since,
        opted_out_since=opted_out,
        pressing=words.PRIORITIES.get(conversation.priority, ""),
        conversation=conversation,
        composer=composer_of(
            Facts(
                state=conversation.state,
                owner=conversation.owner,
                is_mine=turn == "mine",
                assignee=assignee or "",
                contact=name,
                channel_type=conversation.channel_type,
                last_inbound_at=heard,
                margin=config.sending.window_margin,
                opted_out_since=opted_out,
                now=clock.now(),
            )
        ),
        shows_typing=bool((channel := config.business.channel(conversation.channel_id)) and channel.read_marks),
    )


def turn_of(state: str, owner: str, is_mine: bool) -> str:
    """Whose turn it is, from where this agent sits."""
    if state == ConversationState.RESOLVED:
        return "resolved"
    if owner == Owner.AGENT:
        return "mine" if is_mine else "theirs"
    return "waiting" if owner == Owner.QUEUE else "bot"


def queue_names(business: Business) -> dict[str, str]:
    """Queues of people by id."""
    return {queue.id: queue.name for queue in business.queues}


def _opted_out(session: Session, conversation: Conversation) -> datetime | None:
    """Since when the customer wants nothing on the channel that a reply would take."""
    return session.scalars(
        select(OptOut.since).where(
            OptOut.address_id == conversation.address_id,
            OptOut.channel_id == conversation.channel_id,
            OptOut.lifted_at.is_(None),
        )
    ).first()
