"""When a language model is asked for words, and what becomes of them. Pure; without a model nothing of it happens."""

from dataclasses import asdict, replace

from automation.faq.model import Mood, Outcome
from automation.flows import engine
from automation.flows.requests import Phrase
from automation.grounded.passages import alone, passages_of
from gateway.core.language_model import LanguageModel, Use
from gateway.core.replies import Reply
from gateway.core.words import Kind, Owner
from handlers import waiting
from handlers.situation import Decision, Situation, Words

WAITS = "asks_model"
SAID = "language_model"
SURE = 1.0
"""A phrase of the business's own, word for word: its answer needs no other words."""


def pending(s: Situation, decision: Decision) -> Decision | None:
    """The request for words in place of ``decision``, which comes later if there are none; None: it comes now."""
    model = s.config.language_model
    use = _use(s, model, decision) if model and s.asks_model and _may_wait(s) else None
    if model is None or use is None:
        return None
    passages = passages_of(s.config.flows, alone(s.match) if use is Use.PHRASE else s.match, s.around)
    if not passages:
        return None
    texts = [asdict(passage) for passage in passages]
    return Decision(WAITS, requests=(Phrase(use, s.language, texts, s.match.kept, model.timeout_seconds),))


def worded(s: Situation, decision: Decision) -> Decision:
    """``decision`` in the words of the language model, where there are some and it is still the place for them."""
    model = s.config.language_model
    use = _use(s, model, decision) if model and s.words else None
    if s.words is None or use is None:
        return decision
    if use is Use.PHRASE:
        replies = (replace(decision.replies[0], text=s.words.text),)
        return replace(decision, by=SAID, replies=replies, cited=s.words.cited)
    return _answer(s, s.words)


def _answer(s: Situation, words: Words) -> Decision:
    return Decision(
        SAID,
        (Reply(text=words.text, language=s.language),),
        intent=words.cited[0],
        score=s.match.score,
        answers=words.cited,
        cited=words.cited,
    )


def _may_wait(s: Situation) -> bool:
    """Words of their own, of somebody calm, whom no question of a flow waits for."""
    here = waiting.place(s)
    calm = s.around.mood != Mood.ANGRY and s.owner == Owner.BOT
    own = s.event.kind is Kind.TEXT and s.event.selection is None and not s.event.forwarded
    return calm and own and (here is None or not engine.matters(s.flows, here))


def _use(s: Situation, model: LanguageModel | None, decision: Decision) -> Use | None:
    """What a model may be asked for here: words between the thresholds, or for a sure answer."""
    if model is None or decision.handoff or decision.requests or decision.consent:
        return None
    near = decision.gave_up == "not_understood" and s.match.score >= model.least_score and s.match.runner_ups
    if decision.gave_up == "did_you_mean" or near:
        return Use.ANSWER if Use.ANSWER in model.use else None
    sure = decision.by == "faq" and s.match.outcome is Outcome.ANSWER and s.match.score < SURE
    if not sure or Use.PHRASE not in model.use or decision.place or len(decision.replies) != 1:
        return None
    return None if decision.replies[0].media else Use.PHRASE
