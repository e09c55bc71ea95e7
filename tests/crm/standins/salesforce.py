"""Salesforce's REST API as far as the shipped mapping asks it: SOQL, upserts by an external id, client credentials.

Shapes by developer.salesforce.com: REST API Developer Guide (Query, sObject Rows by External ID), OAuth 2.0 client
credentials flow.
"""

import re
from dataclasses import dataclass, field
from typing import Any, ClassVar

from gateway.crm.remote.values import dig
from tests.crm.standins.rows import Shop, capital
from tests.crm.standins.server import Denied, Heard, Reply, StandIn

DATA = "/services/data/v62.0"
SOQL = re.compile(r"SELECT (?P<select>.+) FROM (?P<object>\w+) WHERE (?P<where>.+?)(?: ORDER BY .+?)?(?: LIMIT \d+)?\Z")
IS = re.compile(r"([\w.]+) (?:=|IN) (?:\()?((?:'(?:[^'\\]|\\.)*',?)+)\)?")
TEXT = re.compile(r"'((?:[^'\\]|\\.)*)'")


@dataclass
class Salesforce(StandIn):
    objects: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    tokens: int = 0
    page: int = 2_000
    kept: dict[str, list[Any]] = field(default_factory=dict)

    secrets: ClassVar = {"SALESFORCE_CLIENT_ID": "client", "SALESFORCE_CLIENT_SECRET": "hush"}

    @classmethod
    def of(cls, shop: Shop) -> "Salesforce":
        people = {one["number"]: one for one in shop.customers}
        return cls(objects={
            "Contact": [_contact(number, one) for number, one in enumerate(shop.customers)],
            "Order": [_order(number, one, people, shop) for number, one in enumerate(shop.orders)],
            "Invoice__c": [_invoice(one) for one in shop.invoices],
            "Case": [],
        })  # fmt: skip

    def reply(self, heard: Heard) -> Reply:
        if heard.path == "/services/oauth2/token":
            return self._token(heard)
        if heard.headers.get("Authorization") != f"Bearer T{self.tokens}":
            raise Denied(401, [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}])
        if heard.path == f"{DATA}/query":
            return self._page(self._query(heard.query["q"]))
        if heard.path.startswith(f"{DATA}/query/"):
            return self._page(self.kept.pop(heard.path.rpartition("/")[2]))
        if heard.path == f"{DATA}/limits":
            return 200, {"DailyApiRequests": {"Max": 15000, "Remaining": 14998}}
        return self._changed(heard)

    def expire(self) -> None:
        self.tokens += 1

    def _token(self, heard: Heard) -> Reply:
        wanted = {"grant_type": "client_credentials", "client_id": "client", "client_secret": "hush"}
        if heard.body != wanted:
            raise Denied(400, {"error": "invalid_client_id", "error_description": "client identifier invalid"})
        self.tokens += 1
        return 200, {"access_token": f"T{self.tokens}", "instance_url": "https://x.example", "token_type": "Bearer"}

    def _query(self, soql: str) -> list[dict[str, Any]]:
        parts = SOQL.fullmatch(soql)
        if parts is None:
            raise Denied(400, [{"message": soql, "errorCode": "MALFORMED_QUERY"}])
        tests = list(IS.finditer(parts["where"]))
        if IS.sub("", parts["where"]).replace(" OR ", ""):
            raise Denied(400, [{"message": soql, "errorCode": "MALFORMED_QUERY"}])
        wanted = [(one[1], {_plain(text) for text in TEXT.findall(one[2])}) for one in tests]
        rows = self.objects[parts["object"]]
        return [row for row in rows if any(str(dig(row, path)) in texts for path, texts in wanted)]

    def _page(self, rows: list[Any]) -> Reply:
        rest = rows[self.page :]
        answer = {"totalSize": len(rows), "done": not rest, "records": rows[: self.page]}
        if rest:
            self.kept[f"01g{len(rest)}"] = rest
            answer["nextRecordsUrl"] = f"{DATA}/query/01g{len(rest)}"
        return 200, answer

    def _changed(self, heard: Heard) -> Reply:
        if heard.method != "PATCH":
            raise Denied(404, [{"message": "not here", "errorCode": "NOT_FOUND"}])
        name, *rest = heard.path.removeprefix(f"{DATA}/sobjects/").split("/")
        if rest[:1] == ["Rabta_Key__c"]:
            return self._upserted(self.objects[name], rest[1], heard.body)
        row = next(row for row in self.objects[name] if row["Id"] == rest[0])
        row.update(heard.body)
        return 204, None

    def _upserted(self, rows: list[dict[str, Any]], key: str, body: dict[str, Any]) -> Reply:
        known = next((row for row in rows if row["Rabta_Key__c"] == key), None)
        if known is None:
            known = {"Id": f"500{len(rows):015}", "CaseNumber": f"{1001 + len(rows):08}", "Rabta_Key__c": key}
            rows.append(known)
            status = 201
        else:
            status = 200
        known.update(body | {"IsClosed": body["Status"] == "Closed"})
        return status, {"id": known["Id"], "success": True, "errors": [], "created": status == 201}


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: {"n": "\n", "r": "\r"}.get(found[1], found[1]), text)


def _contact(number: int, one: dict[str, str]) -> dict[str, Any]:
    """Telephones as their people write them: half at home, half abroad."""
    phone = one["phone"]
    home = f"0{phone[3:6]} {phone[6:]}" if phone.startswith("+92") and number % 2 == 0 else phone
    return {
        "attributes": {"type": "Contact"}, "Id": f"003{number:015}", "Customer_Number__c": one["number"],
        "Name": one["name"], "Email": one["email"], "Phone": None, "MobilePhone": home or None,
        "MailingCity": one["city"], "Tier__c": capital(one["tier"]), "Customer_Since__c": one["since"],
        "WhatsApp_BSUID__c": one["bsuid"] or None,
    }  # fmt: skip


def _order(number: int, one: dict[str, Any], people: dict[str, Any], shop: Shop) -> dict[str, Any]:
    items = [{"Quantity": float(line["quantity"]), "Product2": {"Name": line["product"]}}
             for line in shop.lines_of(one["number"])]  # fmt: skip
    return {
        "attributes": {"type": "Order"}, "Id": f"801{number:015}", "OrderReferenceNumber": one["number"],
        "BillToContact": {"Customer_Number__c": people[one["customer"]]["number"]},
        "Status": capital(one["status"]).replace("For", "for"), "EffectiveDate": one["placed_on"],
        "Promised_On__c": one["promised_on"] or None, "Shipped_On__c": one["shipped_on"] or None,
        "Delivered_On__c": one["delivered_on"] or None, "Carrier__c": one["carrier"] or None,
        "Tracking_Number__c": one["tracking_number"], "Tracking_URL__c": one["tracking_url"],
        "TotalAmount": float(one["total"]), "CurrencyIsoCode": one["currency"],
        "Payment__c": capital(one["payment"]).replace("On", "on"), "Payment_Link__c": one["payment_link"] or None,
        "ShippingStreet": one["address"], "ShippingCity": one["city"], "Refund__c": capital(one["refund"]),
        "OrderItems": {"totalSize": len(items), "done": True, "records": items} if items else None,
    }  # fmt: skip


def _invoice(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "Name": one["number"], "Number_Key__c": re.sub(r"\W", "", one["number"]),
        "Order__r": {"OrderReferenceNumber": one["order"]}, "Issued_On__c": one["issued_on"],
        "Due_On__c": one["due_on"] or None, "Total__c": float(one["total"]), "CurrencyIsoCode": one["currency"],
        "Status__c": capital(one["status"]), "URL__c": one["url"],
    }  # fmt: skip
