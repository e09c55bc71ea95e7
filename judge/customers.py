"""A customer of the judge: writes through the stand-in, and looks at what came back to their number."""

import base64
import itertools
import json
from dataclasses import dataclass
from typing import Any

from judge.processes import Product, Standin, eventually

WHATSAPP, SMS = "whatsapp:+14155238886", "+14155550100"
_numbers = itertools.count(3_001_000_000)


@dataclass
class Customer:
    """Somebody nobody has heard of yet, on one channel."""

    standin: Standin
    product: Product
    address: str
    sender: str

    @classmethod
    def on_whatsapp(cls, standin: Standin, product: Product) -> "Customer":
        return cls(standin, product, f"whatsapp:+92{next(_numbers)}", WHATSAPP)

    @classmethod
    def on_sms(cls, standin: Standin, product: Product) -> "Customer":
        return cls(standin, product, f"+92{next(_numbers)}", SMS)

    def write(self, body: str = "", media: list[tuple[bytes, str]] | None = None, **fields: str) -> str:
        """Send a message; its SID. The product must answer 200 with clean TwiML."""
        files = [[base64.b64encode(data).decode(), kind] for data, kind in media or []]
        answer = self.standin.control("inbound", to=self.sender, frm=self.address, body=body, media=files, **fields)
        assert (answer["status"], answer.get("twiml")) == (200, []), answer
        return str(answer["MessageSid"])

    def tap(self, answer: dict[str, Any], option: int) -> str:
        """Tap the ``option``-th (from 0) quick reply of an answer."""
        title, identity = options_of(answer)[option]
        return self.write(title, ButtonText=title, ButtonPayload=identity, MessageType="button", **quoting(answer))

    def choose(self, answer: dict[str, Any], option: int) -> str:
        """Choose the ``option``-th (from 0) row of an answer's list."""
        title, identity = options_of(answer, described=True)[option]
        return self.write(title, ListId=identity, ListTitle=title, MessageType="interactive", **quoting(answer))

    def answers(self) -> list[dict[str, Any]]:
        return self.standin.messages(self.address)

    def answer(self, number: int = 1) -> dict[str, Any]:
        """The ``number``-th answer (from 1), once it has come."""
        found = eventually(lambda: len(self.answers()) >= number and self.answers(), what=f"answer {number}")
        return dict(found[number - 1])

    def told(self, words: str = "", content_sid: str = "") -> list[dict[str, Any]]:
        """The answers with just these words, or with this content; at least one."""

        def found() -> list[dict[str, Any]]:
            if content_sid:
                return [answer for answer in self.answers() if answer["form"].get("ContentSid") == [content_sid]]
            return [answer for answer in self.answers() if answer["m"]["body"] == words]

        return list(eventually(found, what=words or content_sid))

    def message(self, sid: str) -> dict[str, Any]:
        """The message as the product keeps it, once it has been handled."""
        return dict(eventually(lambda: self.product.messages(sid), what=f"message {sid}")[0])

    def contact(self, sid: str) -> dict[str, Any]:
        return dict(self.product.get(f"contacts/{self.message(sid)['contact_id']}"))

    def conversation(self, sid: str) -> dict[str, Any]:
        return dict(self.product.get(f"conversations/{self.message(sid)['conversation_id']}"))


def words_of(answer: dict[str, Any]) -> str:
    """All words the customer gets: the body, or the content's variables."""
    return answer["m"]["body"] + " ".join(variables_of(answer).values())


def variables_of(answer: dict[str, Any]) -> dict[str, str]:
    return dict(json.loads((answer["form"].get("ContentVariables") or ["{}"])[0]))


def options_of(answer: dict[str, Any], described: bool = False) -> list[tuple[str, str]]:
    """``(title, id)`` of each option, out of the numbered variables: the text, a list's opener, then the options."""
    values = [value for _, value in sorted(variables_of(answer).items(), key=lambda item: int(item[0]))]
    start, width = (2, 3) if described else (1, 2)
    return [(values[n], values[n + 1]) for n in range(start, len(values) - 1, width)]


def quoting(answer: dict[str, Any]) -> dict[str, str]:
    return {"OriginalRepliedMessageSid": answer["m"]["sid"], "OriginalRepliedMessageSender": answer["m"]["from"]}
