"""A search as each database wants to be asked: its words, and numbers as addresses begin or end."""

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import ColumnElement, and_, func
from sqlalchemy.orm import Session

from gateway.core.matching import match_key, read_address
from gateway.core.searching import Query
from gateway.desk import dialect
from gateway.models.contact import Address

Condition = ColumnElement[bool]

SHORTEST_END = 4
"""Digits from which on the end of a number finds it."""


def tsquery(query: Query) -> str:
    """For PostgreSQL's ``to_tsquery('simple', …)``; words hold letters, digits and marks alone."""
    terms = []
    for term in query.terms:
        end = ":*" if term.is_prefix else ""
        terms.append(
            " | ".join("(" + " <-> ".join(f"'{word}'" for word in phrase) + end + ")" for phrase in term.phrases)
        )
    return " & ".join(f"({term})" for term in terms)


def fts5(query: Query) -> str:
    """For SQLite's ``MATCH``."""
    terms = []
    for term in query.terms:
        end = " *" if term.is_prefix else ""
        terms.append(" OR ".join('"' + " ".join(phrase) + '"' + end for phrase in term.phrases))
    return " AND ".join(f"({term})" for term in terms)


def numbers(session: Session, number: str, codes: Collection[str]) -> Iterator[Condition]:
    """A number as it begins or ends, with or without its country."""
    national = number.lstrip("0")
    yield Address.match_key == match_key(read_address(number))
    begins = [f"+{number}", number, *(f"+{code}{national}" for code in codes)]
    if number.startswith("00"):
        begins.append(f"+{national}")
    yield from (begins_with(session, Address.value.expression, begin) for begin in begins)
    if len(national) >= SHORTEST_END:
        if dialect.name_of(session) == "postgresql":
            yield begins_with(session, func.reverse(Address.value), national[::-1])
        else:
            yield Address.value.endswith(national)


def begins_with(session: Session, column: ColumnElement[Any], begin: str) -> Condition:
    """By comparison of bytes, which an index serves whatever the database's language is. Digits and + only."""
    after = begin[:-1] + chr(ord(begin[-1]) + 1)
    if dialect.name_of(session) == "postgresql":
        return and_(column.op("~>=~", is_comparison=True)(begin), column.op("~<~", is_comparison=True)(after))
    return and_(column >= begin, column < after)
