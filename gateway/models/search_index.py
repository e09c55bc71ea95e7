"""How messages and contacts are indexed for search: docs/adr/0018-search.md.

PostgreSQL: GIN indexes over expressions, folded by the database itself. SQLite: two FTS5 tables without content, kept
by triggers that call ``rabta_folded``, which every connection of ours has.
"""

from sqlalchemy import Connection

from gateway.core.folding import DIGITS, LETTERS, LONGEST, MARKS, PUNCTUATION

OURS = ("ix_search_", "search_")
"""What indexes and tables of the search are called: models do not know them."""


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


TYPED = LETTERS | DIGITS
NOT_ASCII = "".join(character for character in PUNCTUATION if not character.isascii())

FUNCTION = f"""CREATE FUNCTION rabta_words(said text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 5000 AS $$DECLARE
plain text := lower(left(said, {LONGEST}));
BEGIN
IF octet_length(plain) <> length(plain) THEN
plain := regexp_replace(lower(normalize(left(said, {LONGEST}), NFKD)), '[{MARKS}]+', '', 'g');
plain := translate(plain, {_quoted("".join(TYPED))}, {_quoted("".join(TYPED.values()))});
END IF;
RETURN to_tsvector('pg_catalog.simple', regexp_replace(plain, '[!-/:-@\\[-`{{-~{NOT_ASCII}]+', ' ', 'g'));
END$$"""
"""The words of a text on PostgreSQL, folded as ``gateway.core.folding`` does it; for plain ASCII in half the time.

Its cost is set high, so that the planner asks the index rather than reading texts again.
"""
MESSAGE = "rabta_words(messages.text)"
CONTACT = (
    "rabta_words(contacts.name || ' ' || contacts.profile_name || ' '"
    " || (jsonb_path_query_array(contacts.attributes, '$.*'::jsonpath))::text)"
)
"""The words of a contact's names and of the values of their attributes."""

POSTGRESQL = (
    FUNCTION.replace("%", "%%"),
    f"CREATE INDEX ix_search_messages ON messages USING gin ({MESSAGE})",
    f"CREATE INDEX ix_search_contacts ON contacts USING gin ({CONTACT})",
    "CREATE INDEX ix_search_addresses ON addresses (value text_pattern_ops)",
    "CREATE INDEX ix_search_addresses_end ON addresses (reverse(value) text_pattern_ops)",
)
POSTGRESQL_DOWN = (
    *(f"DROP INDEX ix_search_{name}" for name in ("messages", "contacts", "addresses", "addresses_end")),
    "DROP FUNCTION rabta_words(text)",
)

TABLES = ("messages", "contacts")
_TOKENS = "tokenize='unicode61 remove_diacritics 0'"
_CONTACT_OF = (
    "rabta_folded({0}.name || ' ' || {0}.profile_name || ' ' ||"
    " coalesce((SELECT group_concat(value, ' ') FROM json_each({0}.attributes)), ''))"
)
_MESSAGE_OF = "rabta_folded({0}.text)"


def _triggers(table: str, columns: str, text: str) -> tuple[str, ...]:
    """Rows of ``table`` go into ``search_<table>`` as they come, change and go."""
    put = f"INSERT INTO search_{table}(rowid, text) VALUES (new.id, {text.format('new')})"
    take = f"INSERT INTO search_{table}(search_{table}, rowid, text) VALUES ('delete', old.id, {text.format('old')})"
    begin = "CREATE TRIGGER IF NOT EXISTS search_"
    return (
        f"{begin}{table}_put AFTER INSERT ON {table} BEGIN {put}; END",
        f"{begin}{table}_take AFTER DELETE ON {table} BEGIN {take}; END",
        f"{begin}{table}_change AFTER UPDATE OF {columns} ON {table} BEGIN {take}; {put}; END",
    )


TRIGGERS = (
    *_triggers("messages", "text", _MESSAGE_OF),
    *_triggers("contacts", "name, profile_name, attributes", _CONTACT_OF),
)
SQLITE = (
    f"CREATE VIRTUAL TABLE search_messages USING fts5(text, content='', {_TOKENS})",
    f"CREATE VIRTUAL TABLE search_contacts USING fts5(text, content='', {_TOKENS})",
    f"INSERT INTO search_messages(rowid, text) SELECT id, {_MESSAGE_OF.format('messages')} FROM messages",
    f"INSERT INTO search_contacts(rowid, text) SELECT id, {_CONTACT_OF.format('contacts')} FROM contacts",
    *TRIGGERS,
)
SQLITE_DOWN = (
    *(f"DROP TRIGGER IF EXISTS search_{table}_{what}" for table in TABLES for what in ("put", "take", "change")),
    *(f"DROP TABLE search_{table}" for table in TABLES),
)


def keep_triggers(connection: Connection) -> None:
    """A migration that copies a table on SQLite takes its triggers along into nothing: ours are put back."""
    if connection.dialect.name != "sqlite":
        return
    known = connection.exec_driver_sql("SELECT 1 FROM sqlite_master WHERE name = 'search_messages'").first()
    for statement in TRIGGERS if known else ():
        connection.exec_driver_sql(statement)


def is_ours(name: str | None) -> bool:
    """Whether a table or an index belongs to the search."""
    return (name or "").startswith(OURS)
