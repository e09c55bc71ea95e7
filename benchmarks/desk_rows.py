"""A million messages for ``benchmarks.desk``, made inside PostgreSQL in about a minute."""

import random
from collections.abc import Iterator

import psycopg

from gateway.models import search_index

SENTENCES = 20_000
VOCABULARY = 6_000
COMMON = """order my the is please kahan hai کہاں ہے میرا آرڈر delivery when mera kab nahi aya size shirt refund payment
    exchange late courier address change cancel number you thank we will send today kal bhai jaldi kurta colour
    sizes""".split()
FIRST = """Muhammad Ayesha Fatima Ali Ahmed Sara Hassan Zainab Bilal Maryam Usman Hina Omar Sana Imran Nadia محمد عائشہ
    فاطمہ علی احمد زینب José Zoë""".split()
LAST = "Khan Malik Ahmed Hussain Butt Sheikh Qureshi Chaudhry Raza Mirza خان ملک حسین شیخ Müller García".split()
SYLLABLES = "ba ri to ne ka lu mi sha do ra pe zi gu wo fa ti".split()

ROWS = (
    """INSERT INTO contacts (name, profile_name, language, attributes, tags, created_at, last_seen_at)
    SELECT '', (SELECT word FROM names WHERE names.id = 1 + (n * 7919) % 600) || ' ' || n,
        CASE n % 3 WHEN 0 THEN 'ur' WHEN 1 THEN 'en' ELSE 'ur-Latn' END,
        jsonb_build_object('email', 'customer' || n || '@example.com', 'city', 'Lahore'), '[]',
        now() - interval '400 days', now() - n % 9000 * interval '1 hour'
    FROM generate_series(1, {contacts}) n""",
    """INSERT INTO addresses (contact_id, kind, value, match_key, last_channel_id, last_inbound_at, dead, created_at)
    SELECT n, 'phone', '+92' || 3000000000 + n * 7, '+92' || 3000000000 + n * 7, 'whatsapp', now(), '{{}}', now()
    FROM generate_series(1, {contacts}) n""",
    "INSERT INTO session_windows SELECT n, 'whatsapp', now() FROM generate_series(1, {contacts}) n",
    # The first of two conversations is resolved; of the second ones three in ten are open, most of them with the bot.
    """INSERT INTO conversations (contact_id, address_id, channel_id, channel_type, language, preview, preview_kind,
        epoch, state, owner, queue, assignee_id, mood, priority, "case", unread_count, opened_at, last_message_at,
        last_inbound_at, waiting_since, resolved_at)
    SELECT contact, contact, channel, channel, CASE n % 3 WHEN 0 THEN 'ur' ELSE 'en' END, 'Where is my order?', 'text',
        2, CASE WHEN is_open THEN 'open' ELSE 'resolved' END,
        CASE WHEN NOT is_open OR n % 30 < 20 THEN 'bot' WHEN n % 30 < 24 THEN 'queue' ELSE 'agent' END,
        CASE WHEN n % 30 >= 20 THEN (ARRAY['orders', 'returns', 'payments'])[1 + n % 3] END,
        CASE WHEN is_open AND n % 30 >= 24 THEN 1 + n % {agents} END,
        CASE n % 11 WHEN 0 THEN 'angry' ELSE 'neutral' END, CASE n % 11 WHEN 0 THEN 'high' ELSE 'normal' END,
        jsonb_build_object('topic', (ARRAY['delivery', 'payment', 'returns'])[1 + n % 3]), n % 4,
        at, at, at, CASE WHEN is_open AND n % 30 >= 20 THEN at END, CASE WHEN NOT is_open THEN at END
    FROM (SELECT n, 1 + (n - 1) % {contacts} AS contact, CASE n % 5 WHEN 0 THEN 'sms' ELSE 'whatsapp' END AS channel,
            n > {contacts} AND (n * 31) % 100 < 30 AS is_open, now() - ({talks} - n) * interval '150 seconds' AS at
        FROM generate_series(1, {talks}) n) numbered""",
    """INSERT INTO messages (conversation_id, contact_id, address_id, address, channel_id, channel_type, direction,
        kind, text, payload, forwarded, frequently_forwarded, author, status, external_id, account, created_at)
    SELECT talk, contact, contact, '+92' || 3000000000 + contact * 7, 'whatsapp', 'whatsapp',
        CASE n % 2 WHEN 0 THEN 'outbound' ELSE 'inbound' END, 'text',
        (SELECT said FROM sentences WHERE sentences.id = 1 + (n * 7919) % {sentences}) || ' GC-' || n,
        '{{}}', false, false, CASE n % 2 WHEN 0 THEN 'bot' ELSE 'contact' END,
        CASE n % 2 WHEN 0 THEN 'delivered' ELSE 'received' END, 'SM' || n, 'AC1',
        now() - ({messages} - n) * interval '30 seconds'
    FROM (SELECT n, talk, 1 + (talk - 1) % {contacts} AS contact
        FROM (SELECT n, CASE WHEN n > {messages} - {long} THEN {talks} ELSE 1 + n / 5 % {talks} END AS talk
            FROM generate_series(1::bigint, {messages}) n) those) numbered""",
    """INSERT INTO event_log (at, kind, actor, conversation_id, contact_id, data)
    SELECT now() - ({talks} - n / 2) * interval '150 seconds', 'owner_changed', 'system', 1 + n / 2,
        1 + n / 2 % {contacts}, '{{"to": "queue", "queue": "orders"}}'
    FROM generate_series(1, {talks} * 2 - 1) n""",
)
LONG = 2000
"""Messages of the longest conversation, the last one."""


def fill(url: str, messages: int, agents: int) -> None:
    """The rows, then the indexes of the search, then the planner's statistics."""
    sizes = {"messages": messages, "contacts": messages // 10, "talks": messages // 5, "agents": agents, "long": LONG}
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SET synchronous_commit = off; SET maintenance_work_mem = '512MB'; SET session_replication_role = replica"
        )
        for statement in search_index.POSTGRESQL_DOWN:
            connection.execute(statement.encode())
        _words(connection, "names", "word", _names())
        _words(connection, "sentences", "said", _sentences())
        for statement in ROWS:
            connection.execute(statement.format(sentences=SENTENCES, **sizes).encode())
        for statement in search_index.POSTGRESQL:
            connection.execute(statement.replace("%%", "%").encode())
        connection.execute("VACUUM ANALYZE")


def _words(connection: psycopg.Connection[tuple[object, ...]], table: str, column: str, lines: Iterator[str]) -> None:
    connection.execute(f"CREATE TABLE {table} (id serial PRIMARY KEY, {column} text)".encode())
    with connection.cursor().copy(f"COPY {table} ({column}) FROM STDIN".encode()) as copy:
        for line in lines:
            copy.write_row((line,))


def _names() -> Iterator[str]:
    """One in six is a Muhammad."""
    for number in range(600):
        first = "Muhammad" if number % 6 == 0 else FIRST[number % len(FIRST)]
        yield f"{first} {LAST[number // 7 % len(LAST)]}"


def _sentences() -> Iterator[str]:
    """Words as often as words are: a few in every other sentence, most of them hardly ever."""
    chance = random.Random(7)
    words = COMMON + ["".join(chance.choices(SYLLABLES, k=chance.randint(2, 4))) for _ in range(VOCABULARY)]
    often = [1 / (place + 2) for place in range(len(words))]
    for _ in range(SENTENCES):
        yield " ".join(chance.choices(words, often, k=chance.randint(4, 16)))


def rare(chance: random.Random) -> str:
    """A word that stands in few of the sentences."""
    return "".join(chance.choices(SYLLABLES, k=3))
