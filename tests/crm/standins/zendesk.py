"""Zendesk's API as far as the shipped mapping asks it: users, tickets, custom object records.

Shapes by developer.zendesk.com: Users (search), Tickets, Custom Object Records (filtered search), Pagination,
Idempotency, Rate limits.
"""

import base64
import re
from dataclasses import dataclass, field
from typing import Any, ClassVar

from gateway.crm.remote.values import dig
from tests.crm.standins.rows import Shop
from tests.crm.standins.server import Denied, Heard, Reply, StandIn

TERM = re.compile(r'(\w+):"([^"]*)"')
KEY = base64.b64encode(b"agent@shop.example/token:hush").decode()


@dataclass
class Zendesk(StandIn):
    users: list[dict[str, Any]] = field(default_factory=list)
    records: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    tickets: list[dict[str, Any]] = field(default_factory=list)
    idempotent: dict[str, Any] = field(default_factory=dict)

    secrets: ClassVar = {"ZENDESK_USER": "agent@shop.example/token", "ZENDESK_TOKEN": "hush"}

    @classmethod
    def of(cls, shop: Shop) -> "Zendesk":
        users = [_user(number, one) for number, one in enumerate(shop.customers)]
        orders = [_record(one, {
            **{name: text for name, text in one.items() if name != "customer"},
            "customer_number": one["customer"], "invoice_number": shop.invoice_of(one["number"]),
            "items": "; ".join(f"{line['quantity']} × {line['product']}" for line in shop.lines_of(one["number"])),
        }) for one in shop.orders]  # fmt: skip
        invoices = [
            _record(
                one, {"order_number": one["order"], **{name: text for name, text in one.items() if name != "order"}}
            )
            for one in shop.invoices
        ]
        return cls(users=users, records={"order": orders, "invoice": invoices})

    def reply(self, heard: Heard) -> Reply:
        if heard.headers.get("Authorization") != f"Basic {KEY}":
            raise Denied(401, {"error": "Couldn't authenticate you"})
        path = heard.path.removeprefix("/api/v2")
        if path.startswith("/users"):
            return 200, self._users(path, heard.query)
        if path.startswith("/custom_objects/"):
            return 200, self._objects(path.split("/"), heard)
        if path == "/tickets":
            return self._ticket(heard) if heard.method == "POST" else (200, self._listed(heard.query))
        raise Denied(404, {"error": "InvalidEndpoint"})

    def _users(self, path: str, query: dict[str, str]) -> Any:
        if path == "/users/me":
            return {"user": {"id": 1, "role": "agent"}}
        if path == "/users/show_many":
            return {"users": [one for one in self.users if str(one["id"]) in query["ids"].split(",")]}
        if "external_id" in query:
            found = [one for one in self.users if one["external_id"] == query["external_id"]]
        else:
            name, text = TERM.fullmatch(query["query"]).groups()  # type: ignore[union-attr]
            found = [one for one in self.users if text in (one.get(name), one["user_fields"].get(name))]
        return {"users": found, "next_page": None, "count": len(found)}

    def _objects(self, parts: list[str], heard: Heard) -> Any:
        rows = self.records[parts[2]]
        if heard.method == "PATCH":
            row = next(row for row in rows if row["id"] == parts[4])
            row["custom_object_fields"].update(heard.body["custom_object_record"]["custom_object_fields"])
            return {"custom_object_record": row}
        [(path, test)] = heard.body["filter"].items()
        found = [row for row in rows if dig(row, path) == test["$eq"]]
        meta = {"has_more": False, "after_cursor": None, "before_cursor": None}
        return {"custom_object_records": found, "count": len(found), "meta": meta, "links": {"next": None}}

    def _listed(self, query: dict[str, str]) -> Any:
        found = [one for one in self.tickets if one["external_id"] == query["external_id"]]
        return {"tickets": found, "meta": {"has_more": False}, "links": {"next": None, "prev": None}}

    def _ticket(self, heard: Heard) -> Reply:
        key = heard.headers.get("Idempotency-Key", "")
        if key not in self.idempotent:
            given = heard.body["ticket"]
            made = {name: given.get(name) for name in ("subject", "external_id", "tags", "status", "requester_id")}
            made |= {"id": 35_000 + len(self.tickets), "description": given["comment"]["body"]}
            self.tickets.append(made)
            self.idempotent[key] = made
        return 201, {"ticket": self.idempotent[key]}


def _user(number: int, one: dict[str, str]) -> dict[str, Any]:
    fields = {"whatsapp_bsuid": one["bsuid"] or None, "tier": one["tier"], "customer_since": one["since"]}
    return {
        "id": 40_000 + number, "external_id": one["number"], "name": one["name"], "email": one["email"],
        "phone": one["phone"] or None, "user_fields": {**fields, "city": one["city"]},
    }  # fmt: skip


def _record(one: dict[str, Any], fields: dict[str, Any]) -> dict[str, Any]:
    key = re.sub(r"\W", "", one["number"])
    return {"id": f"01HX{key}", "external_id": key, "custom_object_fields": {n: t or None for n, t in fields.items()}}
