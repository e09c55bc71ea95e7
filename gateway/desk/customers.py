"""Customers and orders of the built-in CRM as pages and programs read them: whole, whoever asks."""

from collections.abc import Sequence

from sqlalchemy import exists, func, select, tuple_, update
from sqlalchemy.orm import Session, joinedload, selectinload

from gateway.core.errors import Conflict, NotFound
from gateway.core.matching import match_key, read_address
from gateway.crm.base import FIRST_CASE, key_of
from gateway.desk import queries
from gateway.desk.queries import Condition, Page, Window
from gateway.models.contact import Address
from gateway.models.customer import Customer, CustomerAddress
from gateway.models.order import Order, OrderCase

WHOLE = [
    joinedload(Order.customer).selectinload(Customer.addresses),
    *(selectinload(part) for part in (Order.lines, Order.invoices, Order.cases)),
]
OPEN_CASE = exists().where(OrderCase.order_id == Order.id, OrderCase.state == "open")


def customers(session: Session, window: Window, *, address: str | None = None) -> Page[Customer]:
    """Customers by id; ``address`` as anybody would write it, variants of a number included, or an e-mail address."""
    statement = select(Customer).options(selectinload(Customer.addresses))
    if address is not None:
        statement = statement.where(_reached_at(address))
    return queries.by_id(session, statement, Customer.id, window)


def customer(session: Session, number: str) -> Customer:
    """One customer.

    Raises:
        NotFound: there is none with this number.
    """
    return queries.one(
        session, select(Customer).options(selectinload(Customer.addresses)).where(Customer.number == number)
    )


def of_addresses(session: Session, addresses: Sequence[Address]) -> Customer | None:
    """The customer that somebody with these addresses is; the first one where several share an address."""
    place = tuple_(CustomerAddress.kind, CustomerAddress.match_key)
    there = place.in_([(address.kind, address.match_key) for address in addresses])
    found = select(Customer).join(CustomerAddress).where(there).order_by(Customer.id).limit(1)
    return session.scalars(found).first() if addresses else None


def orders(
    session: Session,
    window: Window,
    *,
    customer: str | None = None,
    status: str | None = None,
    open_cases: bool | None = None,
) -> Page[Order]:
    """Orders by id, whole; ``open_cases``: with or without something that people have to do."""
    conditions: list[Condition] = []
    if customer is not None:
        conditions.append(Order.customer_id.in_(select(Customer.id).where(Customer.number == customer)))
    if status is not None:
        conditions.append(Order.status == status)
    if open_cases is not None:
        conditions.append(OPEN_CASE if open_cases else ~OPEN_CASE)
    return queries.by_id(session, select(Order).options(*WHOLE).where(*conditions), Order.id, window)


def order(session: Session, number: str) -> Order:
    """One order, by its number however it is written.

    Raises:
        NotFound: there is none with this number.
    """
    wanted = select(Order).options(*WHOLE).where(Order.number_key == key_of(number))
    return queries.one(session, wanted.order_by(Order.number != number, Order.id).limit(1))


def close_case(session: Session, reference: str) -> str:
    """What a customer asked for is done, or will not be; returns the number of the order.

    Raises:
        NotFound: there is no such case.
        Conflict: it is closed already.
    """
    digits = reference.upper().removeprefix("R-")
    wanted = int(digits) - FIRST_CASE if digits.isascii() and digits.isdecimal() and len(digits) < 16 else 0
    closing = update(OrderCase).where(OrderCase.id == wanted, OrderCase.state == "open").values(state="done")
    closed = session.execute(closing.returning(OrderCase.id)).first()
    number = session.scalar(select(Order.number).join(OrderCase).where(OrderCase.id == wanted))
    if number is None:
        raise NotFound(f"there is no case {reference}")
    if closed is None:
        raise Conflict(f"case {reference} is closed already")
    return number


def _reached_at(address: str) -> Condition:
    if "@" in address:
        return func.lower(Customer.email) == address.strip().lower()
    wanted = read_address(address)
    place = tuple_(CustomerAddress.kind, CustomerAddress.match_key)
    there = select(CustomerAddress.customer_id).where(place == tuple_(wanted.kind, match_key(wanted)))
    return Customer.id.in_(there)
