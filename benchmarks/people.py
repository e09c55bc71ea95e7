"""People on PostgreSQL: fifty claim the same thousand conversations at once; and the bot, which must be silent."""

import threading
import time
from collections import Counter
from random import Random

from sqlalchemy import insert, select

from gateway.core import clock
from gateway.core.errors import Conflict
from gateway.desk import conversations
from gateway.models import migrate
from gateway.models.contact import Address, Contact
from gateway.models.conversation import Conversation
from gateway.models.database import Database
from gateway.models.user import User
from tests.outbound.silence import race
from tests.postgresql import own_database

PEOPLE = 50
CONVERSATIONS = 1000
ROUNDS = 1000


def measure() -> dict[str, object]:
    """Seconds until all are claimed, by whom; and what became of the bot's replies."""
    with own_database("bench") as url:
        database = Database(url, pool_size=PEOPLE)
        migrate.upgrade(database)
        found = {"claims": _claims(database), "silence": _silence(database)}
        database.engine.dispose()
        return found


def _claims(database: Database) -> dict[str, object]:
    people, waiting = _fill(database)
    won: Counter[int] = Counter()
    errors: list[str] = []
    barrier = threading.Barrier(PEOPLE + 1)

    def work(who: int) -> None:
        order = Random(who).sample(waiting, len(waiting))
        barrier.wait()
        for one in order:
            try:
                with database.begin() as session:
                    conversations.claim(session, one, who)
                won[who] += 1
            except Conflict:
                continue
            except Exception as error:
                errors.append(repr(error)[:200])

    threads = [threading.Thread(target=work, args=(who,)) for who in people]
    for thread in threads:
        thread.start()
    barrier.wait()
    began = time.monotonic()
    for thread in threads:
        thread.join()
    seconds = time.monotonic() - began
    with database.read() as session:
        owners = Counter(session.execute(select(Conversation.assignee_id)).scalars())
    return {
        "people": PEOPLE, "conversations": CONVERSATIONS, "tries": PEOPLE * CONVERSATIONS, "seconds": round(seconds, 1),
        "owned": sum(number for who, number in owners.items() if who), "won": won.total(), "errors": len(errors),
    }  # fmt: skip


def _silence(database: Database) -> dict[str, object]:
    with database.read() as session:
        who = session.execute(select(User.id).limit(1)).scalar_one()
    began = time.monotonic()
    found = race(database, who, ROUNDS)
    seconds = round(time.monotonic() - began, 1)
    return {"rounds": ROUNDS, "seconds": seconds, **{name: found[name] for name in ("left", "canceled", "spoke")}}


def _fill(database: Database) -> tuple[list[int], list[int]]:
    now = clock.now()
    numbers = range(1, CONVERSATIONS + 1)
    with database.begin() as session:
        people = [
            {"email": f"p{n}@example.com", "name": f"P{n}", "role": "agent", "password_hash": "x", "created_at": now}
            for n in range(PEOPLE)
        ]
        ids = list(session.execute(insert(User).returning(User.id), people).scalars())
        contacts = list(
            session.execute(insert(Contact).returning(Contact.id), [{"created_at": now} for _ in numbers]).scalars()
        )
        rows = [
            {
                "contact_id": one,
                "kind": "phone",
                "value": f"+1415{one:07}",
                "match_key": f"+1415{one:07}",
                "created_at": now,
            }
            for one in contacts
        ]
        addresses = list(session.execute(insert(Address).returning(Address.id, Address.contact_id), rows).all())
        shared = {
            "channel_id": "wa",
            "channel_type": "whatsapp",
            "owner": "queue",
            "queue": "care",
            "waiting_since": now,
        }
        begun = [
            {"contact_id": row.contact_id, "address_id": row.id, "opened_at": now, "last_message_at": now, **shared}
            for row in addresses
        ]
        waiting = list(session.execute(insert(Conversation).returning(Conversation.id), begun).scalars())
    return ids, waiting
