"""The form of one node of a flow: one verb, what may stand beside it, everything bounded."""

import re
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from automation.case import FIELDS
from automation.flows.conditions import SUBJECTS, SUBJECTS_WITH_NAME, TESTS
from automation.flows.typed import FILE_KINDS, KINDS, LONGEST_TEXT
from automation.schemas import SLUG, Media, Phrases, Strict, Texts, line, slug
from gateway.core.crm import ACTIONS, LOOK_UPS

_RETRY = frozenset({"tries", "otherwise"})
_TYPE = frozenset({"type", "into", "least", "most", "whole", "like", "files", "invalid", "skip", "literal"})
_TYPE |= {"skip_title", "suggest", "collect", "caption", "instead"}
COMPANIONS: dict[str, frozenset[str]] = {
    "say": frozenset({"goto", "media", "upset"}),
    "choose": frozenset({"options", "list_button", "into", "upset", "remind"}) | _RETRY,
    "ask": frozenset({"options", "list_button", "goto", "upset"}) | _TYPE | _RETRY,
    "branch": frozenset({"goto"}),
    "set": frozenset({"goto"}),
    "tag": frozenset({"goto", "untag"}),
    "lookup": frozenset({"by", "into", "goto", "missing", "not_offered", "failed"}),
    "act": frozenset({"with", "into", "goto", "refused", "missing", "not_offered", "failed"}),
    "call": frozenset({"into", "goto", "missing", "failed"}),
    "wait": frozenset({"goto", "heard"}),
    "nearest": frozenset({"into", "within_km", "far", "missing", "goto"}),
    "template": frozenset({"goto", "variables"}),
    "survey": frozenset({"text", "into", "goto"}) | _RETRY,
    "answer": frozenset({"goto"}),
    "flow": frozenset({"at"}),
    "handoff": frozenset({"reason", "text", "priority", "upset", "then"}),
    "end": frozenset({"text", "upset"}),
}
"""A node's verb → what may stand beside it."""
NEEDED: dict[str, tuple[str, ...]] = {
    "choose": ("options",),
    "ask": ("type",),
    "lookup": ("failed",),
    "act": ("with", "failed"),
    "call": ("failed",),
    "survey": ("text",),
}

ONE_OF = "one_of"
TYPES = (*KINDS, ONE_OF)
BESIDE_TYPE: dict[str, frozenset[str]] = {
    "least": frozenset({"text", "number", "date"}),
    "most": frozenset({"text", "number", "date"}),
    "whole": frozenset({"number"}),
    "like": frozenset({"order", "code"}),
    "files": frozenset({"media"}),
    "literal": frozenset({"text"}),
    "options": frozenset({ONE_OF}),
    "list_button": frozenset({ONE_OF, "order", "code"}),
    "suggest": frozenset({"order", "code"}),
    "collect": frozenset({"text"}),
    "caption": frozenset({"media"}),
    "instead": frozenset({"order", "code", "email", "phone"}),
    "invalid": frozenset(KINDS),
    "skip": frozenset(KINDS),
    "skip_title": frozenset(KINDS) - {"text", "number"},
}
"""What only means something beside some types."""

INSTEAD = ("email", "phone", "order")

SURVEYS = {"csat": (1, 5), "nps": (0, 10)}
"""Measure → lowest and highest answer."""
PRIORITIES = ("low", "normal", "high", "urgent")
LONGEST_WAIT = 7 * 24 * 60
"""Minutes: a place in a flow is kept no longer."""
MOST_OPTIONS = 10
BUTTONS = 3
BUTTON_TITLE = 20
LIST_TITLE = 24
ASKED = (*SUBJECTS_WITH_NAME, *SUBJECTS, "all", "any", "not")
_ASSIGNED = re.compile(rf"((contact\.)?{SLUG.pattern}|case\.({'|'.join(FIELDS)}))\Z")
_KEPT_IN = f"must be a slot, contact. and a short name, or case. and one of {', '.join(FIELDS)}"
_URL = re.compile(r"https?://[A-Za-z0-9._-]+(:\d{1,5})?([/?][^\s#\\]*)?\Z")
"""Slots may stand behind the host, never in it."""
_HEADER = re.compile(
    r"(?!(host|content-length|content-type|transfer-encoding|connection|accept-encoding|expect)\Z)"
    r"[A-Za-z][A-Za-z0-9-]*\Z",
    re.IGNORECASE,
)
FORM = validate.Regexp(
    r"(?=.*[#@*])[A-Za-z0-9#@* /-]{2,30}\Z", error="must be a form like GC-##### (# a digit, @ a letter, * both)"
)


def true() -> fields.Boolean:
    return fields.Boolean(truthy={True}, falsy={False}, load_default=False)


class Value(fields.Field[Any]):
    """A text, a number, true or false."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: object) -> Any:
        if not isinstance(value, str | int | float | bool) or len(str(value)) > LONGEST_TEXT:
            raise ValidationError(f"must be a text of at most {LONGEST_TEXT} characters, a number, true or false")
        return value


class Values(fields.List[Any]):
    """One value or several."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> list[Any]:
        return super()._deserialize(value if isinstance(value, list) else [value], attr, data, **options)


class OptionSchema(Strict):
    id = slug(required=True)
    title = Texts(LIST_TITLE, required=True)
    description = Texts(72)
    words = Phrases()
    goto = slug()


def _conditions() -> fields.List[Any]:
    return fields.List(fields.Nested(lambda: ConditionSchema()), validate=validate.Length(1, 20))


class ConditionSchema(Strict):
    """A slot or an attribute and one test of it, or what else is looked at, or these joined."""

    all = _conditions()
    any = _conditions()
    slot = line(200, validate.Regexp(r"[a-z][\w.]*\Z", error="must be a slot, or a field of one like order.status"))
    contact = slug()
    case = fields.String(validate=validate.OneOf(FIELDS, error="must be one of {choices}"))
    tag = Values(slug(), validate=validate.Length(1, 20))
    channel = Values(slug(), validate=validate.Length(1, 20))
    language = Values(line(20), validate=validate.Length(1, 20))
    mood = Values(slug(), validate=validate.Length(1, 20))
    open = Values(slug(), validate=validate.Length(1, 20))
    is_ = Value(data_key="is", attribute="is")
    in_ = fields.List(Value(), validate=validate.Length(1, 50), data_key="in", attribute="in")
    not_ = fields.Nested(lambda: ConditionSchema(), data_key="not", attribute="not")
    is_not, above, below = Value(), Value(), Value()
    known = fields.Boolean(truthy={True}, falsy={False})

    @validates_schema(skip_on_field_errors=False, pass_original=True)
    def _one_question(self, _data: dict[str, Any], original: Any, **_: object) -> None:
        keys = set(original) if isinstance(original, dict) else set()
        subjects = keys & set(ASKED)
        tests = keys & set(TESTS)
        if len(subjects) != 1:
            raise ValidationError(f"a condition has one of {', '.join(ASKED)}")
        if subjects & set(SUBJECTS_WITH_NAME) and len(tests) != 1:
            raise ValidationError(f"{subjects.pop()} needs one of {', '.join(TESTS)}")
        if not subjects & set(SUBJECTS_WITH_NAME) and tests:
            raise ValidationError({test: [f"has no meaning beside {min(subjects)}"] for test in tests})


class WaySchema(Strict):
    when = fields.Nested(ConditionSchema, required=True)
    goto = slug(required=True)


class CallSchema(Strict):
    method = fields.String(load_default="GET", validate=validate.OneOf(("GET", "POST", "PUT", "PATCH")))
    url = line(1000, validate.Regexp(_URL, error="must be like https://shop.example/orders/{{number}}"), required=True)
    headers = fields.Dict(
        keys=line(60, validate.Regexp(_HEADER, error="is no header that a flow may set")),
        values=line(500),
        load_default=dict,
        validate=validate.Length(max=20),
    )
    body = fields.Dict(keys=line(60), values=Value(), load_default=dict, validate=validate.Length(max=50))
    expects = fields.Dict(
        keys=slug(), values=fields.String(validate=validate.OneOf(("text", "number", "boolean"))), load_default=dict
    )
    timeout_seconds = fields.Float(load_default=5.0, validate=validate.Range(0.5, 20))


class WaitSchema(Strict):
    minutes = fields.Integer(strict=True, validate=validate.Range(1, LONGEST_WAIT))
    until = fields.String(validate=validate.Regexp(r"([01]\d|2[0-3]):[0-5]\d\Z", error='must be a time like "09:00"'))

    @validates_schema
    def _one(self, data: dict[str, Any], **_: object) -> None:
        if len(data) != 1:
            raise ValidationError('needs minutes, or until: "09:00"')


class InsteadSchema(Strict):
    """What else is taken for an answer: an e-mail address where an order number is asked for."""

    type = fields.String(required=True, validate=validate.OneOf(INSTEAD, error="must be one of {choices}"))
    like = Values(fields.String(validate=FORM), validate=validate.Length(1, 10))
    goto = slug()

    @validates_schema(skip_on_field_errors=True)
    def _check_form(self, data: dict[str, Any], **_: Any) -> None:
        if ("like" in data) is not (data["type"] == "order"):
            raise ValidationError("stands beside type: order, and must stand there", "like")


class NodeSchema(Strict):
    id = slug(required=True)
    say = Texts(4000)
    choose = Texts(1024)
    ask = Texts(1024)
    branch = fields.List(fields.Nested(WaySchema), validate=validate.Length(1, 20))
    assign = fields.Dict(
        data_key="set",
        attribute="set",
        keys=fields.String(validate=validate.Regexp(_ASSIGNED, error=_KEPT_IN)),
        values=Value(),
        validate=validate.Length(1, 20),
    )
    tag = Values(slug(), validate=validate.Length(1, 20))
    untag = Values(slug(), validate=validate.Length(1, 20))
    lookup = fields.String(validate=validate.OneOf(("order", "customer", "invoice"), error="must be one of {choices}"))
    by = fields.Dict(keys=slug(), values=line(200), validate=validate.Length(0, 5))
    act = fields.String(validate=validate.OneOf(tuple(ACTIONS), error="must be one of {choices}"))
    done_with = fields.Dict(
        data_key="with", attribute="with", keys=slug(), values=line(500), validate=validate.Length(1, 10)
    )
    call = fields.Nested(CallSchema)
    wait = fields.Nested(WaitSchema)
    survey = fields.String(validate=validate.OneOf(SURVEYS, error="must be one of {choices}"))
    answer, flow, handoff, template = slug(), slug(), slug(), slug()
    at = slug()
    """The node at which the other flow goes on; without it that flow's start."""
    variables = fields.Dict(keys=slug(), values=line(200), validate=validate.Length(max=20))
    end = fields.Boolean(truthy={True}, falsy=set())
    options = fields.List(fields.Nested(OptionSchema), validate=validate.Length(1, MOST_OPTIONS))
    list_button = Texts(BUTTON_TITLE)
    type = fields.String(validate=validate.OneOf(TYPES, error="must be one of {choices}"))
    into = slug(validate.NoneOf(("contact", "case", "business", "hours", "branches"), error="is a word of our own"))
    least, most = fields.Float(), fields.Float()
    whole, literal = true(), true()
    remind = fields.Boolean(truthy={True}, falsy={False})
    like = Values(fields.String(validate=FORM), validate=validate.Length(1, 10))
    suggest = line(200, validate.Regexp(r"[a-z][\w.]*\Z", error="must be a slot, or a field of one like order.numbers"))
    """What is offered to tap: a list that the slot holds, or a text with commas."""
    nearest = line(200, validate.Regexp(r"[a-z][\w.]*\Z", error="must be a slot that holds a location"))
    within_km = fields.Float(validate=validate.Range(1, 25_000))
    far = slug()
    skip_title = Texts(BUTTON_TITLE)
    """A button that skips the question."""
    collect, caption = slug(), slug()
    """Slots: for files that come beside or instead of the words asked for, and for words that come with a file."""
    instead = fields.Dict(keys=slug(), values=fields.Nested(InsteadSchema), validate=validate.Length(1, 3))
    """Slot → what else is taken for an answer, and where it leads."""
    files = Values(fields.String(validate=validate.OneOf(FILE_KINDS, error="must be one of {choices}")))
    invalid = Texts(1000)
    tries = fields.Integer(strict=True, validate=validate.Range(1, 10))
    otherwise, skip, missing, refused, failed = slug(), slug(), slug(), slug(), slug()
    not_offered, heard, then, goto = slug(), slug(), slug(), slug()
    reason = line(100)
    priority = fields.String(validate=validate.OneOf(PRIORITIES, error="must be one of {choices}"))
    text, upset = Texts(1600), Texts(1600)
    """``upset``: said in place of the text to who is angry."""
    media = fields.List(fields.Nested(Media), validate=validate.Length(1, 10))

    @validates_schema(skip_on_field_errors=False, pass_original=True)
    def _one_verb(self, _data: dict[str, Any], original: Any, **_: object) -> None:
        keys = set(original) if isinstance(original, dict) else set()
        verbs = [verb for verb in COMPANIONS if verb in keys]
        if len(verbs) != 1:
            raise ValidationError(f"a node has exactly one of {', '.join(COMPANIONS)}")
        known = {field.data_key or name for name, field in self.fields.items()}
        extra = (keys & known) - COMPANIONS[verbs[0]] - {"id", verbs[0]}
        if extra:
            raise ValidationError({key: [f"has no meaning beside {verbs[0]}"] for key in extra})
        for needed in NEEDED.get(verbs[0], ()):
            if needed not in keys:
                raise ValidationError({verbs[0]: [f"needs {needed}"]})

    @validates_schema
    def _crm_knows(self, data: dict[str, Any], **_: object) -> None:
        for verb, key, known in (("lookup", "by", LOOK_UPS), ("act", "with", ACTIONS)):
            fields_known = known.get(data.get(verb, ""), ())
            wrong = {
                name: [f"{data[verb]} has no {name}; there is {', '.join(fields_known)}"]
                for name in data.get(key, ())
                if verb in data and name not in fields_known
            }
            if wrong:
                raise ValidationError({key: wrong})

    @validates_schema
    def _type_fits(self, data: dict[str, Any], **_: object) -> None:
        kind = data.get("type")
        wrong = {
            key: [f"has no meaning beside type {kind}"]
            for key, kinds in BESIDE_TYPE.items()
            if kind is not None and data.get(key) and kind not in kinds
        }
        if wrong:
            raise ValidationError(wrong)
        if "skip_title" in data and "skip" not in data:
            raise ValidationError({"skip_title": ["needs skip, where it leads"]})
        if kind == ONE_OF and "options" not in data:
            raise ValidationError({"type": ["needs options"]})
        if data.get("least", 0) > data.get("most", data.get("least", 0)):
            raise ValidationError({"least": ["is more than most"]})

    @validates_schema
    def _options_fit(self, data: dict[str, Any], **_: object) -> None:
        options = data.get("options", ())
        reason = f"is longer than {BUTTON_TITLE} characters; up to {BUTTONS} options are shown as buttons"
        wrong: dict[int, Any] = {
            position: {"title": {language or "_schema": [reason]}}
            for position, option in enumerate(options)
            for language, title in option["title"].items()
            if len(options) <= BUTTONS and len(title) > BUTTON_TITLE
        }
        for position, option in enumerate(options):
            if "choose" in data and "goto" not in option:
                wrong[position] = {"goto": ["Missing data for required field."]}
        if wrong:
            raise ValidationError({"options": wrong})
