"""How the bot behaves: honest that it is one, decent to who is angry, still when nobody but people can help. Pure."""

from dataclasses import replace
from datetime import timedelta

from automation import brake
from automation.bot_question import asks_if_bot, asks_nothing_else
from automation.faq.model import Mood
from automation.feeling import URGENT
from automation.flows import commands
from automation.flows.model import HandoffWish
from automation.manners import Course
from automation.person import wants_person
from automation.texts import lead
from gateway.core import clock
from gateway.core.replies import Reply
from gateway.core.words import ChannelType, Owner
from handlers import waiting
from handlers.handing import closed_until, closed_words
from handlers.situation import Decision, Situation

AGAIN = timedelta(minutes=30)
"""Who is in distress and waits is told again after so long at the earliest."""
NOTE_EVERY = timedelta(hours=1)
"""Out of hours, what only people can answer is confirmed at most this often."""
MATTER_OF_FACT = (
    "consent",
    "distress",
    "brake",
    "agent_owned",
    "opted_out",
    "reaction",
    "asked_if_bot",
    "noted",
    "in_line",
)
"""Decisions that no feeling changes."""


def distressed(s: Situation) -> Decision | None:
    """Danger or despair goes to people at once, whatever else waits; an agent who has it already sees it."""
    if not s.distress or s.owner == Owner.AGENT:
        return None
    silent = s.standing.opted_out and s.event.channel_type in (ChannelType.SMS, ChannelType.MMS)
    words = Reply(f"{s.sentence('distress_told')}\n\n{s.sentence('distress_help')}", language=s.language)
    replies = () if silent else (words,)
    if s.owner == Owner.BOT:
        wish = HandoffWish(s.config.manners.distress_queue, "distress", priority=URGENT)
        return Decision("distress", replies, handoff=wish, tells=False, moves=True, noted=True)
    if _long_ago(s, AGAIN):
        return Decision("distress", replies, noted=True)
    return None


def asked_if_bot(s: Situation) -> Decision | None:
    """Whether a machine writes: said at once, in any place of a flow, and what was open comes again."""
    if not asks_if_bot(s.event.text) or not asks_nothing_else(s.event.text):
        return None
    told = Reply(s.sentence("bot_told"), language=s.language)
    return waiting.resumed(s, Decision("asked_if_bot", (told,)), always=True)


def by_night(s: Situation) -> bool:
    """They wait for people who are not there: what the bot knows, it answers."""
    return s.owner == Owner.QUEUE and not brake.is_braked(s.talk, clock.now()) and _closed(s)


def in_line(s: Situation) -> Decision | None:
    """Who waits for people that are there and asks for one again, or for the menu: they hear of it once an hour."""
    asks = commands.command_of(s.event.text) == commands.MENU or wants_person(s.event.text) or _names_person(s)
    silent = s.standing.opted_out or brake.is_braked(s.talk, clock.now()) or not _long_ago(s, NOTE_EVERY)
    if not asks or silent:
        return None
    return Decision("in_line", (Reply(s.sentence("in_line_told"), language=s.language),), noted=True)


def _names_person(s: Situation) -> bool:
    flows = s.config.flows
    return flows.triggered(s.event.text, interrupting=True) == flows.person


def as_they_wait(s: Situation, decision: Decision) -> Decision:
    """Out of hours nobody is asked for twice: what only people can answer is noted, and said so now and then."""
    if s.owner != Owner.QUEUE or decision.by in MATTER_OF_FACT:
        return decision
    here = waiting.place(s)
    own = here is not None and here.flow == s.config.flows.person
    if decision.handoff and decision.by in ("waiting_flow", "tapped") and own:
        return decision  # the flow that asks what is missing sends it where it belongs
    menu = decision.by == "triggered_flow" and decision.path[:1] != () and _is_menu(s, decision.path[0])
    greets = menu and commands.command_of(s.event.text) != commands.MENU
    lost = decision.gave_up == "not_understood" and (here is None or own)
    if decision.handoff is None and not lost and not greets:
        return decision
    if decision.handoff is None and not _long_ago(s, NOTE_EVERY):
        return Decision("agent_owned")
    _, until = closed_until(s.config, s.queue, s.channel_id)
    words = Reply(closed_words(s.config, s.whom, "closed_noted", until), language=s.language)
    return Decision("noted", (words,), talk=decision.talk, noted=True)


def for_the_angry(s: Situation, decision: Decision) -> Decision:
    """A person, handed over or offered: after the second angry message in a row, and where the bot has no answer."""
    if s.match.mood != Mood.ANGRY or s.owner != Owner.BOT or decision.handoff or decision.by in MATTER_OF_FACT:
        return decision
    manners, course = s.config.manners, Course.NOTHING.value
    if decision.gave_up:
        course = manners.angry_unanswered
    elif s.impression.feeling.angry_in_row >= 2 and not (decision.by == "waiting_flow" and decision.sure):
        course = manners.angry_twice
    if course == Course.HAND_OVER:
        return Decision("angry", handoff=HandoffWish(None, "angry", priority="high"), moves=True, talk=decision.talk)
    return _offering(s, decision) if course == Course.OFFER and decision.replies else decision


def kindly(s: Situation, decision: Decision) -> Decision:
    """With a word of understanding before it, where somebody is angry and had none lately."""
    since = s.impression.feeling.since_soothed
    due = since is None or since >= s.config.manners.empathy_every
    if s.match.mood != Mood.ANGRY or decision.by in MATTER_OF_FACT or decision.soothed or not due:
        return decision
    if not _says(decision):
        return decision
    return replace(_begun_with(s, "empathy", decision), soothed=True)


def honestly(s: Situation, decision: Decision) -> Decision:
    """The bot says that it is one: at first contact, and where it was asked among other things."""
    if decision.by in ("consent", "distress", "asked_if_bot") or not _says(decision):
        return decision
    if s.begins:
        key = "greeting" if decision.replies or not decision.handoff else "greeting_short"
        return _begun_with(s, key, decision)
    if asks_if_bot(s.event.text) and decision.handoff is None:
        return _begun_with(s, "bot_told", decision)
    return decision


def _says(decision: Decision) -> bool:
    return bool(decision.replies or decision.requests or (decision.handoff and decision.tells))


def _begun_with(s: Situation, key: str, decision: Decision) -> Decision:
    """A sentence before all else that is said."""
    words = s.sentence(key)
    if decision.replies or not decision.handoff:
        return decision.led_by(
            lead(words, decision.replies) if decision.replies else (Reply(words, language=s.language),)
        )
    return replace(decision, preface=(words, *decision.preface))


def _offering(s: Situation, decision: Decision) -> Decision:
    """With the offer below what is said, and as a button where no other option is shown."""
    *first, last = decision.replies
    person = s.config.flows.offer(f"flow:{s.config.flows.person}", s.language)
    shows = person and not decision.offered and decision.place is None and waiting.place(s) is None
    options = (person,) if person and shows else last.options
    text = f"{last.text}\n\n{s.sentence('person_offer')}".strip()
    return decision.led_by((*first, replace(last, text=text, options=options)))


def _is_menu(s: Situation, step: str) -> bool:
    return step.startswith(f"{s.config.flows.menu}:")


def _closed(s: Situation) -> bool:
    return closed_until(s.config, s.queue, s.channel_id)[0]


def _long_ago(s: Situation, age: timedelta) -> bool:
    noted = s.impression.feeling.noted_at
    return noted is None or clock.now() - noted >= age
