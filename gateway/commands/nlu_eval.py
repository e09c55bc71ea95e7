"""Trains and asks a matcher for ``nlu eval``; apart, because it needs scikit-learn and no other command does."""

from collections.abc import Sequence
from typing import Any

from automation.faq.embedding import ALL, installed, wording
from automation.faq.examples import ELSEWHERE, numbered
from automation.faq.learning import learn_moods, train
from automation.faq.matcher import Matcher
from automation.faq.measuring import Labelled, figures, listen
from automation.faq.model import Mood
from automation.language import detect


def evaluate(lessons: Sequence[dict[str, Any]], questions: Sequence[dict[str, Any]], embeddings: str) -> dict[str, Any]:
    """The figures of a matcher that learnt ``lessons``, and its thresholds."""
    models = installed(embeddings)
    rows = ((row["text"], row["intent"] or ELSEWHERE, row.get("lang") or detect(row["text"])) for row in lessons)
    trained = train(numbered(rows), models)
    matcher = Matcher(trained, lambda: models)
    matcher.match("so that models are loaded before time is taken")
    heard = listen(matcher, [Labelled(row["text"], row.get("lang"), row["intent"]) for row in questions])
    routes = trained.routes.items() if trained else ()
    return {
        **figures(heard),
        "models": sorted(models),
        "thresholds": {
            name: {
                "answer_at": round(route.thresholds.answer_at, 3),
                "offer_at": round(route.thresholds.offer_at, 3),
                "words_weight": route.words_weight,
            }
            for name, route in routes
        },
    }


def moods(texts: Sequence[str], embeddings: str) -> list[Mood]:
    """The mood of each text, as the judges that every matcher carries tell it."""
    models = installed(embeddings)
    judge = learn_moods(models)
    found = []
    for text in texts:
        language = detect(text)
        vector = models[ALL].embed(wording(text, language)) if ALL in models else None
        found.append(judge.mood(text, language, vector))
    return found
