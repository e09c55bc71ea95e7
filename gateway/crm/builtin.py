"""The CRM in our own database: look-ups read, actions lock the order, decide, and leave a case behind."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Select, func, insert, select, tuple_, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, selectinload

from gateway.core import clock
from gateway.core.crm import Asker, Candidate, CrmRefused, CrmSettings, CrmUnavailable, Record
from gateway.crm import base, decisions, records, shown
from gateway.crm.base import Key
from gateway.crm.decisions import Decided
from gateway.models.customer import Customer, CustomerAddress
from gateway.models.database import Database, is_passing
from gateway.models.order import Invoice, Order, OrderCase

MOST_CUSTOMERS = 20
"""That share one address."""
LONGEST_TEXT = 2_000
WHOLE = [selectinload(part) for part in (Order.customer, Order.lines, Order.invoices, Order.cases)]
KEPT_FIELDS = ("method", "media")


class BuiltinCrm:
    """A ``CrmClient`` over the tables of this database."""

    def __init__(self, database: Database, settings: CrmSettings) -> None:
        self._database, self._settings = database, settings

    def look_up(self, what: str, by: Mapping[str, str], asker: Asker) -> Record | None:
        """See ``CrmClient``; reads only."""
        with _passing_troubles(), self._database.read() as session:
            return base.look_up(SqlShelf(session), what, by, asker, self._settings)

    def candidates(self, asker: Asker) -> Sequence[Candidate]:
        """See ``CrmClient``."""
        with _passing_troubles(), self._database.read() as session:
            return base.candidates(SqlShelf(session), asker)

    def act(self, action: str, fields: Mapping[str, str], asker: Asker, key: str) -> Record:
        """See ``CrmClient``; one transaction."""
        with _passing_troubles(), self._database.begin() as session:
            fields = base.clean(fields)
            found = base.order_to_change(SqlShelf(session), action, fields, asker, self._settings)
            if found is None:
                raise CrmRefused("not_found", {})
            row_id = _lock(session, found.number)
            if (before := session.scalar(select(OrderCase.result).where(OrderCase.key == key))) is not None:
                return dict(before)
            return self._done(session, row_id, action, fields, asker, key)

    def _done(
        self, session: Session, row_id: int, action: str, fields: Mapping[str, str], asker: Asker, key: str
    ) -> Record:
        """Decide on the order as it stands now that nobody else can change it."""
        terms, order = self._settings.terms, _read(session, row_id)
        decided = decisions.decide(action, order, fields, terms, asker.today)
        if decided.refused:
            raise CrmRefused(decided.refused, base.with_case(shown.order(order, terms, asker.today), order, decided))
        _change(session, row_id, order, decided)
        case_id = _open_case(session, row_id, order, decided, fields, asker, key)
        result = dict(shown.order(_read(session, row_id), terms, asker.today))
        if decided.for_people:
            result["case"] = base.reference(case_id)
        session.execute(update(OrderCase).where(OrderCase.id == case_id).values(result=result))
        return result


class SqlShelf:
    """Rows of the database as records."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def customers_at(self, keys: Sequence[Key]) -> Sequence[records.Customer]:
        if not keys:
            return ()
        place = tuple_(CustomerAddress.kind, CustomerAddress.match_key)
        at = Customer.id.in_(select(CustomerAddress.customer_id).where(place.in_(keys)))
        emails = [value for kind, value in keys if kind == base.EMAIL]
        found = at | func.lower(Customer.email).in_(emails) if emails else at
        return self._customers(select(Customer).where(found).order_by(Customer.id).limit(MOST_CUSTOMERS))

    def customer(self, number: str) -> records.Customer | None:
        return next(iter(self._customers(select(Customer).where(Customer.number == number))), None)

    def order(self, number_key: str) -> records.Order | None:
        chosen = select(Order).where(Order.number_key == number_key).order_by(Order.id).limit(1)
        return next(iter(self._orders(chosen)), None)

    def orders_of(self, customers: Sequence[str], statuses: Collection[str]) -> Sequence[records.Order]:
        theirs = select(Customer.id).where(Customer.number.in_(customers))
        chosen = select(Order).where(Order.customer_id.in_(theirs), Order.status.in_(sorted(statuses)))
        return self._orders(chosen.order_by(Order.placed_on.desc(), Order.id.desc()).limit(base.MOST_ORDERS))

    def invoice(self, number_key: str) -> records.Invoice | None:
        chosen = select(Invoice).options(selectinload(Invoice.order)).where(Invoice.number_key == number_key)
        row = self._session.scalars(chosen.order_by(Invoice.id).limit(1)).first()
        return invoice_of(row) if row else None

    def _customers(self, chosen: Select[Customer]) -> list[records.Customer]:
        return [customer_of(row) for row in self._session.scalars(chosen.options(selectinload(Customer.addresses)))]

    def _orders(self, chosen: Select[Order]) -> list[records.Order]:
        return [order_of(row) for row in self._session.scalars(chosen.options(*WHOLE))]


def customer_of(row: Customer) -> records.Customer:
    addresses = tuple((address.kind, address.value) for address in row.addresses)
    return records.Customer(row.number, row.name, row.email, row.tier, row.since, row.city, addresses)


def order_of(row: Order) -> records.Order:
    names = set(records.Order.__dataclass_fields__) - {"customer", "lines", "invoice", "cases", "id"}
    return records.Order(
        **{name: getattr(row, name) for name in names},
        customer=row.customer.number,
        lines=tuple(records.Line(line.product, line.quantity) for line in row.lines),
        invoice=row.invoices[-1].number if row.invoices else "",
        cases={case.kind: base.reference(case.id) for case in row.cases if case.state == "open"},
    )


def invoice_of(row: Invoice) -> records.Invoice:
    names = set(records.Invoice.__dataclass_fields__) - {"order"}
    return records.Invoice(**{name: getattr(row, name) for name in names}, order=row.order.number)


def _lock(session: Session, number: str) -> int:
    """The order's id; until the transaction ends nobody else changes it (SQLite has one writer at a time anyway)."""
    locked = select(Order.id).where(Order.number == number).with_for_update()
    return session.execute(locked).scalar_one()


def _read(session: Session, row_id: int) -> records.Order:
    """As it is in the database, not as this session saw it before."""
    session.expire_all()
    return order_of(session.scalars(select(Order).options(*WHOLE).where(Order.id == row_id)).one())


def _change(session: Session, row_id: int, order: records.Order, decided: Decided) -> None:
    if not decided.changes:
        return
    kept = session.scalar(select(Order.replaced).where(Order.id == row_id)) or {}
    before = {name: getattr(order, name) for name in decided.changes}
    changes = {**decided.changes, "replaced": {**before, **kept}}
    session.execute(update(Order).where(Order.id == row_id).values(changes))


def _open_case(
    session: Session,
    row_id: int,
    order: records.Order,
    decided: Decided,
    fields: Mapping[str, str],
    asker: Asker,
    key: str,
) -> int:
    said = {name: fields[name][:LONGEST_TEXT] for name in KEPT_FIELDS if fields.get(name)}
    row: dict[str, Any] = {
        "order_id": row_id,
        "kind": decided.kind.value,
        "state": "open" if decided.for_people else "done",
        "reason": fields.get("reason", "")[:LONGEST_TEXT],
        "detail": said | {"before": {name: getattr(order, name) for name in decided.changes}},
        "contact_id": asker.contact_id or None,
        "key": key,
        "result": {},
        "created_at": clock.now(),
    }
    return session.execute(insert(OrderCase).values(row).returning(OrderCase.id)).scalar_one()


@contextmanager
def _passing_troubles() -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        if is_passing(error):
            raise CrmUnavailable("the database is away or busy") from error
        raise
