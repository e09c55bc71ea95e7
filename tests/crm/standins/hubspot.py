"""HubSpot's CRM API as far as our client asks it: searches, batches, associations.

Shapes by developers.hubspot.com: CRM search, Objects (batch read, batch upsert), Associations v4, Usage guidelines.
"""

import re
from dataclasses import dataclass, field
from typing import Any, ClassVar

from tests.crm.standins.rows import Shop
from tests.crm.standins.server import Denied, Heard, Reply, StandIn


@dataclass
class HubSpot(StandIn):
    objects: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    tied: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    """(kind of object, its id → kind) → ids."""
    index_lags: bool = False
    """Searching does not see new tickets yet."""

    secrets: ClassVar = {"HUBSPOT_TOKEN": "hush"}

    @classmethod
    def of(cls, shop: Shop) -> "HubSpot":
        made = cls(objects={"contacts": [], "orders": [], "line_items": [], "invoices": [], "tickets": []})
        contacts = {one["number"]: made.add("contacts", _contact(one)) for one in shop.customers}
        for one in shop.orders:
            order = made.add("orders", _order(one))
            made.tied[f"orders/{order}", "contacts"] = [contacts[one["customer"]]]
            items = [made.add("line_items", {"name": line["product"], "quantity": line["quantity"]})
                     for line in shop.lines_of(one["number"])]  # fmt: skip
            made.tied[f"orders/{order}", "line_items"] = items
        for one in shop.invoices:
            made.add("invoices", _invoice(one))
        return made

    def add(self, kind: str, properties: dict[str, Any]) -> str:
        number = str(1_000_000 * (1 + sorted(self.objects).index(kind)) + len(self.objects[kind]))
        self.objects[kind].append({"id": number, "properties": {"hs_object_id": number, **properties}})
        return number

    def reply(self, heard: Heard) -> Reply:
        if heard.headers.get("Authorization") != "Bearer hush":
            raise Denied(401, {"status": "error", "category": "INVALID_AUTHENTICATION"})
        if heard.path.startswith("/crm/v4/"):
            return 200, self._associations(heard)
        _, _, _, _, kind, *rest = heard.path.split("/")
        if rest == ["search"]:
            return 200, self._search(kind, heard.body)
        if rest == ["batch", "read"]:
            return self._read(kind, heard.body)
        if rest == ["batch", "upsert"]:
            return 200, {"status": "COMPLETE", "results": [self._upsert(kind, one) for one in heard.body["inputs"]]}
        if heard.method == "PATCH":
            row = next(row for row in self.objects[kind] if row["id"] == rest[0])
            row["properties"].update(heard.body["properties"])
            return 200, row
        return 200, {"results": self.objects[kind][:1]}

    def _search(self, kind: str, body: dict[str, Any]) -> Any:
        if len(body["filterGroups"]) > 5:
            raise Denied(400, {"status": "error", "category": "VALIDATION_ERROR"})
        groups = [group["filters"] for group in body["filterGroups"]]
        rows = [row for row in self.objects[kind] if any(all(self._is(kind, row, one) for one in g) for g in groups)]
        found = [] if kind == "tickets" and self.index_lags else rows
        return {"total": len(found), "results": found[: body["limit"]]}

    def _is(self, kind: str, row: dict[str, Any], test: dict[str, Any]) -> bool:
        wanted = test["values"] if test["operator"] == "IN" else [test["value"]]
        if test["propertyName"] == "associations.contact":
            return bool(set(self.tied.get((f"{kind}/{row['id']}", "contacts"), ())) & set(wanted))
        return row["properties"].get(test["propertyName"]) in wanted

    def _read(self, kind: str, body: dict[str, Any]) -> Reply:
        name, ids = body.get("idProperty", "hs_object_id"), [one["id"] for one in body["inputs"]]
        found = [row for row in self.objects[kind] if row["properties"].get(name) in ids]
        lacking = len(ids) - len(found)
        errors = [{"status": "error", "category": "OBJECT_NOT_FOUND"}] * bool(lacking)
        return 207 if lacking else 200, {"status": "COMPLETE", "results": found, "numErrors": lacking, "errors": errors}

    def _upsert(self, kind: str, one: dict[str, Any]) -> Any:
        rows = self.objects[kind]
        known = next((row for row in rows if row["properties"].get(one["idProperty"]) == one["id"]), None)
        if known is None:
            self.add(kind, {})
            known = rows[-1]
        known["properties"].update(one["properties"])
        return {**known, "new": True}

    def _associations(self, heard: Heard) -> Any:
        parts = heard.path.removeprefix("/crm/v4/").split("/")
        if heard.method == "PUT":
            _, kind, one, _, _, to, other = parts
            self.tied[f"{kind}/{one}", to] = [other]
            return {"status": "COMPLETE", "results": []}
        _, kind, to, *_ = parts
        ids = [one["id"] for one in heard.body["inputs"]]
        tied = {one: self.tied.get((f"{kind}/{one}", to), []) for one in ids}
        rows = [{"from": {"id": one}, "to": [{"toObjectId": int(other)} for other in others]}
                for one, others in tied.items() if others]  # fmt: skip
        return {"status": "COMPLETE", "results": rows}


def _contact(one: dict[str, str]) -> dict[str, Any]:
    first, _, last = one["name"].partition(" ")
    phone = one["phone"]
    return {
        "customer_number": one["number"], "firstname": first, "lastname": last, "email": one["email"],
        "mobilephone": f"00{phone[1:]}" if phone else None, "whatsapp_bsuid": one["bsuid"] or None,
        "customer_tier": one["tier"], "customer_since": one["since"], "city": one["city"],
    }  # fmt: skip


def _order(one: dict[str, Any]) -> dict[str, Any]:
    same = ("promised_on", "shipped_on", "delivered_on", "carrier", "tracking_url", "payment", "payment_link", "refund")
    return {name: one[name] or None for name in same} | {
        "hs_external_order_id": one["number"], "hs_fulfillment_status": one["status"],
        "hs_external_created_date": f"{one['placed_on']}T00:00:00Z", "hs_total_price": one["total"],
        "hs_shipping_tracking_number": one["tracking_number"], "hs_currency_code": one["currency"],
        "hs_shipping_address_street": one["address"], "hs_shipping_address_city": one["city"],
    }  # fmt: skip


def _invoice(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "hs_number": one["number"], "number_key": re.sub(r"\W", "", one["number"]), "order_number": one["order"],
        "hs_invoice_date": one["issued_on"], "hs_due_date": one["due_on"] or None, "hs_amount_billed": one["total"],
        "hs_currency": one["currency"], "hs_invoice_status": one["status"], "hs_invoice_link": one["url"],
    }  # fmt: skip
