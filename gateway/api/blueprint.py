"""What every resource has in common: who may ask, how bodies are read, which problems the documentation names."""

from collections.abc import Callable
from copy import deepcopy
from http import HTTPStatus
from typing import Any

from flask import Request
from flask_smorest import Blueprint as SmorestBlueprint
from marshmallow import RAISE, Schema
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import UnsupportedMediaType

from gateway.api import access, problems
from gateway.core.errors import InvalidPayload, Refused

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

PROBLEMS = (400, 401, 403, 404, 422, 429)
WITH_CHANGE = (409, 413, 415)


class StrictParser(FlaskParser):
    """Refuses unknown fields everywhere, and bodies that are not the JSON they should be."""

    DEFAULT_UNKNOWN_BY_LOCATION = {  # noqa: RUF012 (its base class declares it so)
        "json": RAISE,
        "query": RAISE,
        "files": RAISE,
    }

    def load_json(self, req: Request, schema: Any) -> Any:
        if not req.is_json and req.get_data(cache=True):
            raise UnsupportedMediaType("the body must be application/json")
        return super().load_json(req, schema)


class Blueprint(SmorestBlueprint):
    """A resource of ``/api/v1``: behind a token, strict, with its problems documented."""

    ARGUMENTS_PARSER = StrictParser()

    def __init__(self, name: str, description: str) -> None:
        super().__init__(name, f"gateway.api.{name}", url_prefix="/api/v1", description=description)
        self.before_request(access.authenticate)
        self.register_error_handler(400, problems.unprocessable)
        self.register_error_handler(422, problems.unprocessable)
        self.register_error_handler(InvalidPayload, problems.refused)
        self.register_error_handler(Refused, problems.not_allowed)
        self._prepare_doc_cbks.append(self._prepare_problem_doc)

    def route(self, rule: str, **options: Any) -> Decorator:
        """A view at ``/api/v1`` + ``rule``."""
        decorator: Decorator = super().route(rule, **options)
        return decorator

    def arguments(self, schema: type[Schema], **options: Any) -> Decorator:
        """The schema of a view's body, or of what ``location`` says."""
        decorator: Decorator = super().arguments(schema, **options)
        return decorator

    def response(self, status_code: int, schema: Any = None, **options: Any) -> Decorator:
        """What a view answers with."""
        decorator: Decorator = super().response(status_code, schema, **options)
        return decorator

    def doc(self, **options: Any) -> Decorator:
        """What the documentation of a view says beside the rest."""
        decorator: Decorator = super().doc(**options)
        return decorator

    def alt_response(self, status_code: int, **options: Any) -> Decorator:
        """What a view may answer with, too."""
        decorator: Decorator = super().alt_response(status_code, **options)
        return decorator

    @staticmethod
    def _prepare_problem_doc(doc: dict[str, Any], doc_info: dict[str, Any], *, method: str, **_: Any) -> dict[str, Any]:
        doc = deepcopy(doc)
        for code in (*PROBLEMS, *(() if method == "get" else WITH_CHANGE)):
            doc.setdefault("responses", {})[code] = HTTPStatus(code).name
        return doc
