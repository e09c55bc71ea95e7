"""Every mistake in a config is found at its line, all of them at once."""

from datetime import date
from pathlib import Path

import pytest

from gateway.config.compile import check_files, compile_files
from gateway.config.files import read_folder
from gateway.config.running import RunningConfig
from gateway.core.errors import ConfigError

BRANCH = "id: mall, name: Mall, address: Street 1, latitude: 31.4, longitude: 74.2"
CARE = """\
business:
  name: Shop
  timezone: Asia/Karachi
  languages: [en, ur]
  default_language: en
channels:
  - id: wa
    type: twilio_whatsapp
    address: "whatsapp:+14155238886"
    queue: care
queues:
  - id: care
    hours: office
    sla: fast
hours:
  office: {mon: ["09:00-18:00"], fri: ["09:00-12:00", "22:00-02:00"]}
sla:
  - {id: fast, first_response_minutes: 2}
"""
MENU = """\
id: main_menu
triggers: {words: {en: [hi]}}
nodes:
  - id: menu
    choose: {en: "Help?", ur: "مدد؟"}
    options:
      - {id: hours, title: {en: Hours, ur: اوقات}, goto: tell}
      - {id: person, title: {en: Person, ur: انسان}, goto: hand}
  - id: tell
    answer: hours
    goto: end
  - id: hand
    flow: talk_to_person
"""
PERSON = """\
id: talk_to_person
nodes:
  - id: person
    handoff: default
"""
FAQ = """\
answers:
  - id: hours
    title: {en: Hours, ur: اوقات}
    phrases: {en: [when do you open], ur: [کب کھلتے ہیں]}
    answer: {en: "9 to 5 at {business}", ur: "9 سے 5"}
"""
TEMPLATES = """\
templates:
  - id: order_update
    category: utility
    variables:
      - {name: name, sample: Ali, default: {en: customer, ur: صارف}}
      - {name: order, sample: "A-1"}
    text:
      en: "Dear {{name}}, your order {{order}} from {business} is on its way."
      ur: "محترم {{name}}، {business} سے آپ کا آرڈر {{order}} روانہ ہو گیا ہے۔"
    sms: {en: "Order {{order}} is on its way."}
"""
GOOD = {
    "care.yaml": CARE,
    "flows/main_menu.yaml": MENU,
    "flows/talk_to_person.yaml": PERSON,
    "faq/shop.yaml": FAQ,
    "templates.yaml": TEMPLATES,
    "crm/customers.csv": "number,name,phone\nC1,Ali,0300 1234567\n",
}


def test_the_good_one_compiles() -> None:
    running = compile_files(GOOD, 3)
    assert isinstance(running, RunningConfig), running
    assert running.version == 3
    assert running.flows.answers["hours"].text["en"] == "9 to 5 at Shop"
    assert running.texts.say("greeting", "ur").count("Shop") == 1
    assert running.business.channel_of("WhatsApp:+14155238886", None) == running.business.channels[0]
    assert running.business.queues[0].name == "Care"


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "reason"),
    [
        ("care.yaml", "Asia/Karachi", "Asia/Karach", 3, "did you mean 'Asia/Karachi'?"),
        ("care.yaml", "  name: Shop\n", "", 1, "name: is missing"),
        ("care.yaml", "name: Shop", "name: ", 2, "name: is empty"),
        ("care.yaml", "name: Shop", "nmae: Shop", 2, "unknown key; known here: name"),
        ("care.yaml", "default_language: en", "default_language: es", 5, "is not one of business.languages"),
        ("care.yaml", "[en, ur]", "[en, UR]", 4, "no language code"),
        ("care.yaml", "[en, ur]", "[en, ur, ar]", 0, "no text in ar"),
        ("care.yaml", "twilio_whatsapp", "whatsapp", 8, "must be one of twilio_whatsapp"),
        ("care.yaml", '"whatsapp:+14155238886"', "+14155238886", 9, "write it like whatsapp:+14155238886"),
        ("care.yaml", "queue: care", "queue: car", 10, "there is no queue 'car'; did you mean 'care'?"),
        ("care.yaml", "    sla: fast", "    overflow: {to: card, after_minutes: 3}", 14, "there is no queue 'card'"),
        ("care.yaml", "    sla: fast", "    overflow: {to: care, after_minutes: 3}", 14, "to: is this queue itself"),
        ("care.yaml", "    sla: fast", "    overflow: {to: q}\n  - id: q", 14, "overflow: needs after_minutes"),
        ("care.yaml", "    sla: fast", "    max_waiting: 2\n    overflow: {to: q}\n  - {id: q, max_waiting: 2, overflow: {to: care}}", 15, "to: leads back to this queue"),
        ("care.yaml", "    sla: fast", "    routing: auto", 14, "routing: must be one of offer, assign"),
        ("care.yaml", "sla:\n  -", "desk: {reopen_to: nobody}\nsla:\n  -", 17, "reopen_to: must be one of agent, queue, bot"),
        ("care.yaml", "queue: care", "mms: true", 10, "mms: is for twilio_sms alone"),
        ("care.yaml", "queue: care", "read_marks: maybe", 10, "read_marks: "),
        ("care.yaml", "queue: care", "rate_per_second: 0", 10, "rate_per_second: must be greater"),
        ("care.yaml", "hours: office", "hours: offices", 13, "there is no opening hours 'offices'"),
        ("care.yaml", "sla: fast", "sla: slow", 14, "there is no standard 'slow'"),
        ("care.yaml", "09:00-18:00", "9-18", 16, "is no span of hours"),
        ("care.yaml", "22:00-02:00", "22:00-22:00", 16, "begins and ends"),
        ("care.yaml", "sla:\n  - {id", "bot: {menu: mein_menu}\nsla:\n  - {id", 17, "there is no flow 'mein_menu'"),
        ("care.yaml", "queues:", "queues:\n  - {id: care}", 13, "the queue 'care' is there already (care.yaml:12)"),
        (
            "care.yaml",
            "queues:",
            '  - {id: wb, type: twilio_whatsapp, address: "whatsapp:+14155238886"}\nqueues:',
            11,
            "the address 'whatsapp:+14155238886' is there already",
        ),
        ("care.yaml", "sla:\n  - {id", f"branches: [{{{BRANCH}, hours: offices}}]\nsla:\n  - {{id", 17, "there is no opening hours 'offices'"),
        ("care.yaml", "sla:\n  - {id", f"branches: [{{{BRANCH}, phone: 0800}}]\nsla:\n  - {{id", 17, "must be a number like"),
        ("care.yaml", "sla:\n  - {id", f"branches: [{{{BRANCH}}}, {{{BRANCH}}}]\nsla:\n  - {{id", 17, "the branch 'mall' is there already"),
        ("care.yaml", "sla:\n  - {id", "places: [{names: {en: [A]}, latitude: 91, longitude: 0}]\nsla:\n  - {id", 17, "must lie between -90 and 90"),
        ("care.yaml", "business:", "extra: 1\nbusiness:", 1, "extra: unknown key; known here: business, channels"),
        ("care.yaml", "mon: [", "mun: [", 16, "mun: unknown key"),
        ("flows/main_menu.yaml", "goto: tell", "goto: tel", 7, "there is no node 'tel' in this flow; did you mean 'tell'?"),
        ("flows/main_menu.yaml", "    goto: end", "    goto: tell", 9, "leads back to itself"),
        ("flows/main_menu.yaml", "id: tell", "id: hand", 12, "the node 'hand' stands here twice"),
        ("flows/main_menu.yaml", "answer: hours", "answer: hour", 10, "there is no answer 'hour'"),
        ("flows/main_menu.yaml", "flow: talk_to_person", "flow: talk", 13, "there is no flow 'talk'"),
        ("flows/main_menu.yaml", "flow: talk_to_person", "flow: talk_to_person\n    say: x", 12, "exactly one of say, choose"),
        ("flows/main_menu.yaml", "answer: hours", "answer: hours\n    media: []", 11, "has no meaning beside answer"),
        ("flows/main_menu.yaml", ", ur: اوقات}", "}", 7, "title: no text in ur"),
        ("flows/main_menu.yaml", "en: Hours", "en: Hours and address list", 7, "shown as buttons"),
        ("flows/main_menu.yaml", "en: Hours,", "fr: Heures, en: Hours,", 7, "fr is not one of business.languages"),
        ("flows/main_menu.yaml", "Help?", "Help {name}?", 5, "nothing fills the placeholder {name}"),
        ("flows/main_menu.yaml", "id: main_menu", "id: faq", 1, "is a word of our own"),
        ("flows/main_menu.yaml", "id: main_menu", "id: main_menu\nstart: tell", 5, "no way leads to the node 'menu'"),
        ("flows/main_menu.yaml", "id: main_menu", "id: main_menu\nstart: x", 2, "there is no node 'x'"),
        ("flows/main_menu.yaml", "id: main_menu", "id: main_menu\ntimeout_minutes: '5'", 2, "not a valid integer"),
        ("flows/main_menu.yaml", "{id: person, ", "{id: hours, ", 8, "the option 'hours' stands here twice"),
        ("flows/main_menu.yaml", 'choose: {en: "Help?", ur: "مدد؟"}', "choose: Yes", 5, "a bare Yes"),
        ("flows/talk_to_person.yaml", "handoff: default", "handoff: sales", 4, "there is no queue 'sales'"),
        ("flows/talk_to_person.yaml", "nodes:", "triggers: {words: {en: [HI!]}}\nnodes:", 2, "'hi' is a trigger already"),
        ("flows/talk_to_person.yaml", "id: talk_to_person", "id: main_menu", 1, "the flow 'main_menu' is there already"),
        ("faq/shop.yaml", "when do you open", "when do you open, 5", 4, "must be a text; put quotes around it"),
        ("faq/shop.yaml", "  - id: hours", "  - id: hours\n    goto: nowhere", 3, "there is no flow 'nowhere'"),
        (
            "faq/shop.yaml",
            "  - id: hours",
            "  - {id: b, title: {en: a, ur: b}, answer: {en: a, ur: b}, phrases: {en: [When do YOU open]}}\n  - id: hours",
            5,
            "'when do you open' is a phrase of another answer already (faq/shop.yaml:2)",
        ),
        ("faq/shop.yaml", "title: {en: Hours, ", "title: {en: Hours of opening today, ", 3, "at most 20 fit"),
        ("faq/shop.yaml", "answer: {en: ", "answer: {en: '', x1: ", 5, "must be a text that is not empty"),
        ("faq/shop.yaml", '    answer: {en: "9 to 5 at {business}", ur: "9 سے 5"}\n', "", 2, "needs an answer, or a flow"),
        ("care.yaml", "queues:", "crm: {type: salesforce}\nqueues:", 11, "type: must be one of builtin"),
        ("care.yaml", "queues:", "crm: {return_days: -1}\nqueues:", 11, "return_days: must be"),
        ("care.yaml", "queues:", "crm: {cancel_while: [shipped]}\nqueues:", 11, "must be one of placed"),
        ("care.yaml", "queues:", "crm: {country: Pakistan}\nqueues:", 11, "is no country code like PK"),
        ("crm/customers.csv", "0300 1234567", "12", 2, "phone: no phone number that can exist"),
        ("crm/customers.csv", ",phone", ",fone", 1, "did you mean 'phone'?"),
    ],
)  # fmt: skip
def test_one_mistake(file: str, old: str, new: str, line: int, reason: str) -> None:
    assert old in GOOD[file]
    problems = check_files({**GOOD, file: GOOD[file].replace(old, new, 1)})
    found = [p for p in problems if reason in p.reason and (not line or (p.file, p.line) == (file, line))]
    assert found, "\n".join(map(str, problems))


@pytest.mark.parametrize(
    ("more", "line", "reason"),
    [
        ("buttons: [{title: Go}]", 6, "exactly one of goto (a flow), answer, url"),
        ("buttons: [{title: Go, goto: main_menu, answer: hours}]", 6, "exactly one of goto (a flow), answer, url"),
        ("buttons: [{title: {en: Go, ur: x}, goto: nowhere}]", 6, "there is no flow 'nowhere'"),
        ("buttons: [{title: {en: Go, ur: x}, answer: hour}]", 6, "no answer 'hour'; did you mean 'hours'?"),
        ("buttons: [{title: {en: Go}, answer: hours}]", 6, "title: no text in ur"),
        ("buttons: [{title: {en: Where is my parcel now, ur: x}, answer: hours}]", 6, "at most 20 fit"),
        ("buttons: [{title: {en: Go, ur: x}, url: http://x.example}]", 6, "must be an https:// link"),
        ("buttons: [{title: {en: Go, ur: x}, answer: hours}]\n    goto: main_menu", 6, "no meaning beside goto"),
        ("upset: {en: Sorry}", 6, "upset: no text in ur"),
        ("when: {open: shop}", 6, "there is no opening hours 'shop'"),
        ("when: {slot: order, known: true}", 6, "an answer has no slot 'order'"),
        ("when: {chanel: sms}", 6, "chanel: unknown key"),
        ("variants:\n      - {answer: {en: a, ur: b}}", 7, "when: is missing"),
        ("variants:\n      - {when: {channel: sms}, answer: {en: a}}", 7, "answer: no text in ur"),
        ("variants:\n      - {when: {language: [ur]}, answer: {en: a}}", 7, "answer: no text in ur"),
        ("variants:\n      - {when: {channel: sms}, answer: {en: 'a {x}', ur: b}}", 7, "the placeholder {x}"),
        (
            "variants:\n      - {when: {channel: [sms, mms]}, answer: {en: a, ur: b}}\n"
            "      - {when: {channel: sms}, answer: {en: c, ur: d}}",
            8,
            "nobody ever gets this variant",
        ),
        (
            "variants:\n      - {when: {tag: vip}, answer: {en: a, ur: b}}\n"
            "      - {when: {all: [{open: office}, {tag: vip}]}, answer: {en: c, ur: d}}",
            8,
            "nobody ever gets this variant",
        ),
    ],
)
def test_mistakes_in_an_answer(more: str, line: int, reason: str) -> None:
    problems = check_files({**GOOD, "faq/shop.yaml": f"{FAQ}    {more}\n"})
    found = [p for p in problems if reason in p.reason and (p.file, p.line) == ("faq/shop.yaml", line)]
    assert found, "\n".join(map(str, problems))


def test_a_variant_for_one_language_needs_no_other() -> None:
    more = "    variants:\n      - {when: {all: [{language: [ur]}, {channel: sms}]}, answer: {ur: b}}\n"
    assert check_files({**GOOD, "faq/shop.yaml": FAQ + more}) == []


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({}, "care.yaml: the file is missing"),
        ({**GOOD, "notes.yaml": "a: 1"}, "notes.yaml: nothing reads this file"),
        ({**GOOD, "flows/x.csv": "a"}, "flows/x.csv: nothing reads this file"),
        ({**GOOD, "flows/../../etc/x.yaml": "a: 1"}, "a file's path has only letters"),
        ({**GOOD, "texts.yaml": "greetings: hi"}, "texts.yaml:1:1: greetings: unknown key; known here: greeting"),
        ({**GOOD, "texts.yaml": "- a"}, "texts.yaml:1:1: the file: must have keys and values"),
        ({**GOOD, "faq/shop.yaml": "answers: ["}, "faq/shop.yaml:1:11: not readable as YAML"),
        ({**GOOD, "faq/x.yaml": "answers: {a: b}"}, "faq/x.yaml:1:1: answers: must be a list"),
        ({**GOOD, "care.yaml": "business: 5\nchannels: x"}, "care.yaml:1:1: business: must have keys and values"),
    ],
)
def test_files(files: dict[str, str], reason: str) -> None:
    assert any(reason in str(problem) for problem in check_files(files)), check_files(files)


def test_an_unreadable_file_lacks_nothing_for_certain() -> None:
    assert len(check_files({**GOOD, "faq/shop.yaml": "answers: ["})) == 1


def test_all_mistakes_of_all_files_come_at_once_and_in_order() -> None:
    care = CARE.replace("Karachi", "Nowhere").replace("queue: care", "queue: nobody").replace("+14155238886", "14")
    menu = MENU.replace("goto: tell", "goto: tale").replace("choose:", "chose:")
    problems = check_files({**GOOD, "care.yaml": care, "flows/main_menu.yaml": menu})
    places = [(p.file, p.line) for p in problems]
    assert places == sorted(places)
    assert {("care.yaml", 3), ("care.yaml", 9), ("care.yaml", 10), ("flows/main_menu.yaml", 5)} <= set(places)


@pytest.mark.parametrize("cut", range(0, len(MENU), 23))
def test_half_a_file_never_breaks_the_check(cut: int) -> None:
    for file in GOOD:
        assert isinstance(check_files({**GOOD, file: GOOD[file][:cut]}), list)


def test_read_folder(tmp_path: Path) -> None:
    (tmp_path / "flows").mkdir()
    (tmp_path / ".git").mkdir()
    (tmp_path / "flows/a.yaml").write_bytes(b"\xef\xbb\xbfid: a")
    (tmp_path / ".git/b.yaml").write_text("x")
    (tmp_path / "notes.txt").write_text("x")
    assert read_folder(tmp_path) == {"flows/a.yaml": "id: a"}


@pytest.mark.parametrize(
    ("content", "reason"), [(b"a: \xff", "byte 4 is no UTF-8"), (b"#" * 1_000_001, "larger than 1,000,000 bytes")]
)
def test_a_file_that_is_no_text(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "care.yaml").write_bytes(content)
    with pytest.raises(ConfigError, match=reason):
        read_folder(tmp_path)


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such folder"):
        read_folder(tmp_path / "nowhere")


def test_too_many_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.config.files.MOST_FILES", 1)
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text("x: 1")
    with pytest.raises(ConfigError, match="2 files, at most 1"):
        read_folder(tmp_path)


def test_rules_are_compiled() -> None:
    care = CARE.replace("fri:", 'holidays: [{country: PK}, {date: "2027-03-24"}], fri:')
    care += "consent: {stop: {ur-Latn: [tang mat karo]}}\nbot: {replies_per_minute: 3}\n"
    running = compile_files(GOOD | {"care.yaml": care})
    assert isinstance(running, RunningConfig), running
    assert running.hours["office"].zone.key == "Asia/Karachi"
    assert running.hours["office"].hours_on(date(2027, 3, 22)) == ((540, 1080),)
    assert running.hours["office"].hours_on(date(2027, 3, 23)) == ()
    assert running.consent.wish_of("tang mat karo", on_sms=False) == "stop"
    assert (running.brake.replies_per_minute, running.brake.replies_per_hour) == (3, 20)


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ("consent: {stop: {en: [start]}}", "'start' is a word to start messages already"),
        ("consent: {stop: {en: ['!!']}}", "has neither letters nor digits"),
        ("consent: {stop: {en: [Hi]}}", "'hi' is a trigger in flows/main_menu.yaml, which it would silence"),
        ("consent: {stop: {en: [x]}, start: {en: [x]}}", "the word of consent 'x' is there already (care.yaml:19)"),
        ("consent: {halt: {en: [x]}}", "unknown key; known here: stop, start"),
        ("bot: {same_text: -1}", "must be greater than or equal to 0"),
    ],
)
def test_rules_that_cannot_hold(more: str, reason: str) -> None:
    problems = check_files(GOOD | {"care.yaml": CARE + more + "\n"})
    assert [problem.line for problem in problems] == [19]
    assert reason in problems[0].reason


@pytest.mark.parametrize(
    ("holiday", "reason"),
    [
        ("{country: XX}", "'XX' is no country whose holidays are known"),
        ("{country: GB, region: WALES}", "'WALES' is no region of this country; there is ENG, NIR, SCT, WLS"),
        ('{country: PK, date: "2027-03-23"}', "names either a date or a country"),
        ("{name: Eid}", "names either a date or a country"),
        ('{date: "2027-03-23", region: SCT}', "'SCT' is no region of this country; there is none"),
        ('{country: PK, open: ["25:00-26:00"]}', "is no span of hours"),
    ],
)
def test_holidays_that_are_none(holiday: str, reason: str) -> None:
    problems = check_files(GOOD | {"care.yaml": CARE.replace("fri:", f"holidays: [{holiday}], fri:")})
    assert [problem.line for problem in problems] == [16]
    assert reason in problems[0].reason
