"""A CRM elsewhere as flows know it: look-ups through the rule of who may see what, actions as cases with a key.

Nothing can be locked there. An action therefore opens its case first, by a key that is the same however often it is
asked for, and changes the order after that: what breaks off in between is found by the next try, or by people.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from gateway.core.crm import ACTIONS, LOOK_UPS, Asker, Candidate, CrmNotOffered, CrmRefused, CrmSettings, Record
from gateway.crm import base, decisions, shown
from gateway.crm.decisions import Decided
from gateway.crm.records import CaseKind, Customer, Order, Refund
from gateway.crm.remote.cache import Cache
from gateway.crm.remote.connection import Connection, Talk
from gateway.crm.remote.shelf import Case, NewCase, Note, Remembering, RemoteShelf

QUESTION_SECONDS = 8.0
"""For all exchanges of one question: whoever asks has ten."""
LONGEST_TEXT = 2_000
PASSED_ON = "passed_on"
MUST_CHANGE = frozenset({"status", "address"})
"""Without these the order is not what the customer wanted; the rest people see by the case."""
SUBJECTS: Mapping[CaseKind, str] = {
    CaseKind.CANCEL: "Cancel order {order}",
    CaseKind.ADDRESS: "Another address for order {order}",
    CaseKind.REFUND: "Money back for order {order}",
    CaseKind.DAMAGE: "Damage in order {order}",
    CaseKind.LATE: "Order {order} is late",
}
SAID = ("reason", "method", "media", "address", "city")


class RemoteCrm:
    """A ``CrmClient`` over a shelf elsewhere; keeps its connection and what it heard lately."""

    def __init__(self, connection: Connection, shelf_of: Callable[[Talk], RemoteShelf], settings: CrmSettings) -> None:
        self._connection, self._shelf_of, self._settings = connection, shelf_of, settings
        self._cache = Cache(connection.remote.cache_seconds)

    @property
    def secrets_wanted(self) -> tuple[str, ...]:
        """Names of ``CRM_SECRET_…`` variables."""
        return self._connection.secrets_wanted

    def look_up(self, what: str, by: Mapping[str, str], asker: Asker) -> Record | None:
        """See ``CrmClient``."""
        shelf = self._shelf()
        if what in LOOK_UPS and what not in shelf.offers:
            raise CrmNotOffered(f"{what}s")
        return base.look_up(Remembering(shelf, self._cache), what, by, asker, self._settings)

    def candidates(self, asker: Asker) -> Sequence[Candidate]:
        """See ``CrmClient``."""
        return base.candidates(self._shelf(), asker)

    def act(self, action: str, fields: Mapping[str, str], asker: Asker, key: str) -> Record:
        """See ``CrmClient``; nothing that was remembered counts here."""
        shelf, fields = self._shelf(), base.clean(fields)
        if action in ACTIONS and "order" not in shelf.offers:
            raise CrmNotOffered("orders")
        found = base.order_to_change(shelf, action, fields, asker, self._settings)
        if found is None:
            raise CrmRefused("not_found", {})
        try:
            return self._done(shelf, action, found, fields, asker, key)
        finally:
            self._cache.clear()

    def write(self, note: Note, asker: Asker) -> str:
        """Write a conversation to whoever the asker is, if that is sure; what they call it there.

        Raises:
            CrmUnavailable: no answer; with the same key it may be tried again.
            CrmNotOffered: it takes no conversations.
        """
        customer = self.customer_of(asker)
        return self._shelf().write(replace(note, customer_id=customer.id if customer else ""))

    def customer_of(self, asker: Asker) -> Customer | None:
        """Who the asker is, where that is sure."""
        shelf = self._shelf()
        chosen = shelf.customer(asker.customer) if asker.customer else None
        found = [chosen] if chosen else list(shelf.customers_at(base.keys_of(asker.addresses)))
        return found[0] if len(found) == 1 else None

    def check(self) -> None:
        """Whether it answers and takes our key.

        Raises:
            CrmUnavailable: it does not.
        """
        self._shelf().check()

    def _shelf(self) -> RemoteShelf:
        return self._shelf_of(self._connection.talk(QUESTION_SECONDS))

    def _done(
        self, shelf: RemoteShelf, action: str, order: Order, fields: Mapping[str, str], asker: Asker, key: str
    ) -> Record:
        cases = shelf.cases_of(order, key)
        show = partial(shown.order, terms=self._settings.terms, today=asker.today)
        if before := next((case for case in cases if case.key == key), None):
            return self._again(shelf, order, before, show)
        order = _with_cases(order, cases)
        decided = decisions.decide(action, order, fields, self._settings.terms, asker.today)
        if decided.refused:
            raise CrmRefused(decided.refused, base.with_case(show(order), order, decided))
        passed_on = bool(set(decided.changes) & MUST_CHANGE - shelf.changeable)
        new = _case(order, decided, fields, shelf.customer(order.customer), key, passed_on=passed_on)
        reference = shelf.open_case(new)
        if passed_on:
            raise CrmRefused(PASSED_ON, {**show(order), "case": reference})
        return _outcome(shelf, order, decided.changes, "" if new.done else reference, show)

    def _again(self, shelf: RemoteShelf, order: Order, case: Case, show: Callable[[Order], Record]) -> Record:
        """Asked before with this key: what was decided then, brought to its end."""
        if case.detail.get(PASSED_ON):
            raise CrmRefused(PASSED_ON, {**show(order), "case": case.reference})
        changes = {name: str(text) for name, text in case.detail.get("changes", {}).items()}
        return _outcome(shelf, order, changes, case.reference if case.detail.get("for_people") else "", show)


def _outcome(
    shelf: RemoteShelf, order: Order, changes: Mapping[str, str], reference: str, show: Callable[[Order], Record]
) -> Record:
    changed = replace(order, **changes)  # type: ignore[arg-type]  # fields of an order, all texts
    if any(getattr(order, name) != text for name, text in changes.items()):
        shelf.change(order, changes)
    return {**show(changed), **({"case": reference} if reference else {})}


def _with_cases(order: Order, cases: Sequence[Case]) -> Order:
    """With what is asked for already; money that a case asks back is asked back."""
    kept = {case.kind: case.reference for case in cases if case.open}
    owed = CaseKind.REFUND in kept or (CaseKind.CANCEL in kept and order.status == "cancelled")
    refund = Refund.REQUESTED.value if owed and order.refund == Refund.NONE else order.refund
    return replace(order, cases=kept, refund=refund)


def _case(
    order: Order, decided: Decided, fields: Mapping[str, str], owner: Customer | None, key: str, *, passed_on: bool
) -> NewCase:
    said = {name: fields[name][:LONGEST_TEXT] for name in SAID if fields.get(name)}
    subject = SUBJECTS[decided.kind].format(order=order.number)
    detail = {"changes": dict(decided.changes), "for_people": decided.for_people, PASSED_ON: passed_on}
    return NewCase(
        key=key,
        kind=decided.kind.value,
        order=order,
        customer_id=owner.id if owner else "",
        subject=subject,
        text="\n".join([subject, *(f"{name}: {text}" for name, text in said.items())]),
        done=not (decided.for_people or passed_on),
        detail=detail,
    )
