"""What every client of ours owes to a flow: the same answers, for whom they may be, and actions done once."""

from typing import Any

import pytest

from gateway.core.crm import Candidate, CrmAmbiguous, CrmClient, CrmRefused
from tests.crm.shop import AYESHA, BILAL, CARMEN, SHARED, STRANGER, asker

Asked = list[tuple[str, dict[str, str]]]
HIDDEN: Asked = [
    ("order", {"number": "G204171"}),
    ("order", {"number": "204171"}),
    ("order", {}),
    ("order", {"email": "ayesha.khan@example.com"}),
    ("order", {"number": "G204171", "email": "bilal.ahmed@example.com"}),
    ("order", {"number": "G204171", "email": ""}),
    ("order", {"number": "G204171", "phone": BILAL}),
    ("order", {"number": "G999999", "email": "ayesha.khan@example.com"}),
    ("customer", {}),
    ("customer", {"number": "C1001"}),
    ("customer", {"email": "ayesha.khan@example.com"}),
    ("invoice", {"number": "INV-7101"}),
    ("invoice", {"order": "G204171"}),
    ("invoice", {}),
]
"""What a stranger may ask, and gets nothing."""
OPENED: Asked = [
    ("order", {"number": "G204171", "email": "Ayesha.Khan@Example.com"}),
    ("order", {"number": "G204171", "phone": "0300 1234567"}),
    ("customer", {"number": "C1001", "email": "ayesha.khan@example.com"}),
    ("invoice", {"number": "INV-7101", "email": "ayesha.khan@example.com"}),
    ("invoice", {"order": "G204171", "phone": "+92 300 1234567"}),
]


def look(crm: CrmClient, what: str, phone: str, /, **by: str) -> dict[str, Any] | None:
    found = crm.look_up(what, by, asker(phone))
    return None if found is None else dict(found)


def act(crm: CrmClient, action: str, phone: str, key: str = "k1", /, **fields: str) -> dict[str, Any]:
    return dict(crm.act(action, fields, asker(phone), key))


def refused(crm: CrmClient, action: str, phone: str, key: str = "k9", /, **fields: str) -> tuple[str, dict[str, Any]]:
    with pytest.raises(CrmRefused) as caught:
        crm.act(action, fields, asker(phone), key)
    return caught.value.code, caught.value.record


class TestLookUp:
    def test_an_order_has_all_that_flows_speak_of(self, crm: CrmClient) -> None:
        assert look(crm, "order", AYESHA, number="G204171") == {
            "number": "G204171",
            "status": "shipped",
            "placed_on": "2026-11-17",
            "promised_on": "2026-11-22",
            "shipped_on": "2026-11-19",
            "late": False,
            "days_late": 0,
            "carrier": "TCS",
            "tracking_number": "TCS7712045",
            "tracking_url": "https://track.example.com/TCS7712045",
            "item_count": 3,
            "items": "2 × Lawn suit, 1 × Shawl",
            "total": {"amount": "4500.00", "currency": "PKR"},
            "payment": "paid",
            "address": "House 12, Street 4, Gulberg III",
            "city": "Lahore",
            "cancellable": False,
            "address_changeable": False,
            "refundable": False,
            "under_warranty": False,
            "refund": "none",
            "invoice": "INV-7101",
        }

    @pytest.mark.parametrize(
        ("phone", "fields"),
        [
            (BILAL, {"number": "G204355", "late": True, "days_late": 2, "count": 1, "numbers": "G204355"}),
            (CARMEN, {"number": "G204390", "cancellable": True, "count": 2, "numbers": "G204390, G204377"}),
        ],
    )
    def test_without_a_number_it_is_the_open_order_placed_last(
        self, crm: CrmClient, phone: str, fields: dict[str, object]
    ) -> None:
        for by in ({}, {"number": " "}):
            found = look(crm, "order", phone, **by) or {}
            assert {name: found.get(name) for name in fields} == fields

    def test_the_others_it_could_have_been_are_listed(self, crm: CrmClient) -> None:
        found = look(crm, "order", CARMEN) or {}
        assert found["orders"] == [
            {"number": "G204390", "items": "2 × Cotton kurta"},
            {"number": "G204377", "items": "1 × Pashmina shawl"},
        ]

    def test_with_payments_asked_for_it_is_an_open_order_with_one_of_these(self, crm: CrmClient) -> None:
        found = look(crm, "order", CARMEN, payment="failed, pending") or {}
        assert (found.get("number"), found.get("count")) == ("G204377", 1)
        assert look(crm, "order", AYESHA, payment="failed") is None

    def test_with_statuses_asked_for_it_is_the_last_of_these(self, crm: CrmClient) -> None:
        found = look(crm, "order", BILAL, status="delivered, returned") or {}
        names = ("number", "count", "refundable", "warranty_until", "delivered_on")
        assert [found.get(name) for name in names] == ["G204102", 1, True, "2027-05-14", "2026-11-15"]
        assert look(crm, "order", AYESHA, status="delivered") is None
        assert look(crm, "order", AYESHA, status="no_such_status") is None

    def test_a_number_is_known_however_it_is_written(self, crm: CrmClient) -> None:
        for number in ("g204171", "#G 204 171", "G-204171", "204171", "G۲۰۴۱۷۱", "٢٠٤١٧١"):
            assert (look(crm, "order", AYESHA, number=number) or {}).get("number") == "G204171"

    def test_the_customer_and_their_invoices(self, crm: CrmClient) -> None:
        assert look(crm, "customer", BILAL) == {
            "number": "C1002", "name": "Bilal Ahmed", "first_name": "Bilal", "email": "bilal.ahmed@example.com",
            "tier": "silver", "since": "2023-08-02", "open_orders": 1, "city": "Karachi",
        }  # fmt: skip
        by_order = look(crm, "invoice", CARMEN, order="G204377")
        assert by_order == look(crm, "invoice", CARMEN, number="inv 7144")
        assert by_order == {
            "number": "INV-7144", "order": "G204377", "issued_on": "2026-11-18", "due_on": "2026-11-25",
            "total": {"amount": "89.90", "currency": "EUR"}, "status": "open",
            "url": "https://shop.example.com/invoices/INV-7144.pdf",
        }  # fmt: skip
        assert (look(crm, "invoice", CARMEN) or {}).get("number") == "INV-7150"

    def test_what_is_not_looked_up_is_an_error_of_ours(self, crm: CrmClient) -> None:
        with pytest.raises(ValueError, match="nothing is looked up as 'password'"):
            crm.look_up("password", {}, asker(AYESHA))


class TestPrivacy:
    def test_somebody_elses_things_are_as_if_they_did_not_exist(self, crm: CrmClient) -> None:
        assert {(what, *by.items()): look(crm, what, STRANGER, **by) for what, by in HIDDEN} == {
            (what, *by.items()): None for what, by in HIDDEN
        }

    def test_who_knows_number_and_email_or_phone_may_see(self, crm: CrmClient) -> None:
        assert [by for what, by in OPENED if look(crm, what, STRANGER, **by) is None] == []

    def test_another_kind_of_address_with_the_same_letters_is_another(self, crm: CrmClient) -> None:
        for kind in ("psid", "bsuid", "carrier pigeon"):
            assert crm.look_up("order", {"number": "G204171"}, asker(AYESHA, kind)) is None

    def test_nor_can_they_be_changed(self, crm: CrmClient) -> None:
        for action in ("cancel_order", "request_refund", "report_damage", "report_late"):
            assert refused(crm, action, STRANGER, order="G204390") == ("not_found", {})
            assert refused(crm, action, BILAL, order="G999999") == ("not_found", {})

    def test_a_parcel_is_redirected_by_its_owner_alone(self, crm: CrmClient) -> None:
        fields = {"order": "G204390", "address": "My place", "email": "carmen.ruiz@example.com"}
        assert refused(crm, "change_address", STRANGER, **fields) == ("not_found", {})


class TestWhoItIs:
    """Two customers with one telephone: nobody guesses which of them writes."""

    @pytest.mark.parametrize("what", ["order", "customer", "invoice"])
    def test_a_shared_number_is_told_and_not_guessed(self, crm: CrmClient, what: str) -> None:
        with pytest.raises(CrmAmbiguous) as caught:
            look(crm, what, SHARED)
        both = [Candidate("C2001", "Hina Malik", "Multan"), Candidate("C2002", "Omar Malik", "Multan")]
        assert sorted(caught.value.candidates, key=lambda one: one.number) == both

    def test_what_is_named_is_found_all_the_same(self, crm: CrmClient) -> None:
        for number in ("G300001", "300001"):
            assert (look(crm, "order", SHARED, number=number) or {}).get("number") == "G300001"
        assert (look(crm, "customer", SHARED, number="C2002") or {}).get("name") == "Omar Malik"

    def test_whom_people_chose_it_is(self, crm: CrmClient) -> None:
        for phone in (SHARED, STRANGER):
            found = crm.look_up("order", {}, asker(phone, customer="C2001")) or {}
            assert (found["number"], found["count"]) == ("G300001", 1)
        assert crm.look_up("order", {}, asker(SHARED, customer="C2002")) is None

    def test_a_choice_that_is_gone_counts_no_more(self, crm: CrmClient) -> None:
        found = crm.look_up("customer", {}, asker(AYESHA, customer="C9999")) or {}
        assert found["number"] == "C1001"

    def test_candidates_by_any_address(self, crm: CrmClient) -> None:
        assert {one.number for one in crm.candidates(asker(SHARED, customer="C2001"))} == {"C2001", "C2002"}
        assert crm.candidates(asker(STRANGER)) == []
        for email in ("bilal.ahmed@example.com", " Bilal.Ahmed@Example.com"):
            assert [one.number for one in crm.candidates(asker(email, "email"))] == ["C1002"]


class TestAct:
    def test_a_paid_order_is_cancelled_once_and_its_money_asked_back(self, crm: CrmClient) -> None:
        first = act(crm, "cancel_order", CARMEN, order="G204390", reason="too late")
        assert (first["status"], first["refund"], first["cancellable"]) == ("cancelled", "requested", False)
        assert first["case"]
        assert act(crm, "cancel_order", CARMEN, order="G204390") == first
        code, record = refused(crm, "cancel_order", CARMEN, "another key", order="G204390")
        assert (code, record["status"], record["case"]) == ("already_done", "cancelled", first["case"])
        code, record = refused(crm, "request_refund", CARMEN, "a third", order="G204390")
        assert (code, record["case"]) == ("already_done", first["case"])
        assert (look(crm, "order", CARMEN) or {})["number"] == "G204377"

    def test_an_unpaid_one_leaves_no_work(self, crm: CrmClient) -> None:
        done = act(crm, "cancel_order", CARMEN, order="G204377")
        assert (done["status"], done["refund"], "case" in done) == ("cancelled", "none", False)

    def test_what_is_on_its_way_is_not_cancelled(self, crm: CrmClient) -> None:
        code, record = refused(crm, "cancel_order", AYESHA, order="g204171")
        assert (code, record["status"], record["carrier"]) == ("too_late", "shipped", "TCS")

    def test_an_address_is_changed_before_shipping(self, crm: CrmClient) -> None:
        done = act(crm, "change_address", CARMEN, order="G204390", address="Calle\n Mayor  5", city="Sevilla")
        assert (done["address"], done["city"]) == ("Calle Mayor 5", "Sevilla")
        assert (look(crm, "order", CARMEN, number="G204390") or {})["address"] == "Calle Mayor 5"
        again = act(crm, "change_address", CARMEN, "k2", order="G204390", address="Gran Vía 1")
        assert again["address"] == "Gran Vía 1"
        assert "city" not in again
        assert refused(crm, "change_address", CARMEN, order="G204390", address=" ")[0] == "not_allowed"
        assert refused(crm, "change_address", AYESHA, order="G204171", address="X")[0] == "too_late"

    def test_hostile_words_are_words(self, crm: CrmClient) -> None:
        for words in ("G\0204171", "\ud800", "' OR 1=1 --", "x" * 10_000, "\0"):
            for what in ("order", "customer", "invoice"):
                look(crm, what, STRANGER, number=words, order=words, email=words, phone=words, status=words)
            assert refused(crm, "report_late", AYESHA, order=words)[0] in ("not_found", "not_allowed")
        done = act(crm, "change_address", CARMEN, order="G204390", address="Calle \0\ud800 5")
        assert done["address"] == "Calle ? 5"

    def test_money_back_is_asked_for_once(self, crm: CrmClient) -> None:
        done = act(crm, "request_refund", BILAL, order="G204102", reason="too small", method="bank")
        assert (done["refund"], done["refundable"], bool(done["case"])) == ("requested", False, True)
        assert refused(crm, "request_refund", BILAL, order="G204102")[0] == "already_done"
        assert refused(crm, "request_refund", BILAL, order="G204355")[0] == "not_allowed"

    def test_damage_and_lateness_are_reported_once(self, crm: CrmClient) -> None:
        damage = act(crm, "report_damage", BILAL, order="G204102", reason="torn\0", media="17,18")
        late = act(crm, "report_late", BILAL, "k2", order="G204355")
        assert damage["case"] != late["case"]
        assert refused(crm, "report_damage", BILAL, order="G204102")[1]["case"] == damage["case"]
        assert refused(crm, "report_late", BILAL, order="G204355")[0] == "already_done"
        assert refused(crm, "report_late", AYESHA, order="G204171")[0] == "not_allowed"

    def test_what_is_not_done_is_an_error_of_ours(self, crm: CrmClient) -> None:
        with pytest.raises(ValueError, match="nothing is done as 'give_discount'"):
            crm.act("give_discount", {}, asker(AYESHA), "k")
