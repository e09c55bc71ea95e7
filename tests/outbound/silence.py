"""A person takes over in the very moment in which the bot's reply would go out: again and again, for real."""

import threading
import time
from collections import Counter
from random import Random

from gateway.core.replies import Reply
from gateway.core.words import Author, Owner
from gateway.desk import conversations, deliveries, handoff, outbox
from gateway.desk.handoff import Handing
from gateway.models.database import Database
from tests.outbound.builders import BUSINESS, open_conversation

JITTER_SECONDS = 0.004


def race(database: Database, agent_id: int, rounds: int, seed: int = 1) -> Counter[str]:
    """What became of the replies: ``left`` before people had it, or ``canceled``; ``spoke`` is one too many."""
    random, found = Random(seed), Counter[str]()
    for number in range(rounds):
        found[_round(database, agent_id, number, random)] += 1
    return found


def _round(database: Database, agent_id: int, number: int, random: Random) -> str:
    with database.begin() as session:
        conversation = open_conversation(session, f"+92300{number:07}")
        outbox.say(session, conversation, Reply("Hi"), author=Author.BOT, business=BUSINESS, epoch=conversation.epoch)
    taken_at, sent = [0.0], [0, 0.0]

    def take() -> None:
        time.sleep(random.random() * JITTER_SECONDS)
        with database.begin() as session:
            if number % 2:
                conversations.claim(session, conversation.id, agent_id)
            else:
                handoff.request(session, conversations.lock(session, conversation.id), ASKED, actor="contact")
        taken_at[0] = time.monotonic()

    def send() -> None:
        time.sleep(random.random() * JITTER_SECONDS)
        sent[1] = time.monotonic()
        with database.begin() as session:
            sent[0] = len(deliveries.claim(session, "sender", most=5))

    threads = [threading.Thread(target=act) for act in (take, send)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.begin() as session:
        later = len(deliveries.claim(session, "later", most=5))
        assert conversations.lock(session, conversation.id).owner != Owner.BOT
    spoke = later or (sent[0] and sent[1] > taken_at[0])
    return "spoke" if spoke else "left" if sent[0] else "canceled"


ASKED = Handing("care", "asked")
