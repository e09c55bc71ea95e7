"""The OpenAPI: valid, complete, and kept by every answer."""

import json

from flask import Flask
from openapi_spec_validator import validate


def test_the_document_is_valid_and_says_how_to_sign_in(app: Flask) -> None:
    response = app.test_client().get("/api/v1/openapi.json")
    document = json.loads(response.data)
    validate(document)
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    assert document["security"] == [{"bearer": []}]
    assert document["servers"] == [{"url": "http://care.test"}]


def test_every_operation_names_its_problems(app: Flask) -> None:
    document = json.loads(app.test_client().get("/api/v1/openapi.json").data)
    operations = [
        operation for path in document["paths"].values() for name, operation in path.items() if name != "parameters"
    ]
    assert len(operations) >= 25
    for operation in operations:
        assert {"401", "403", "404", "422", "429"} <= set(operation["responses"]), operation
        assert operation["summary"]
    unauthorized = document["components"]["responses"]["UNAUTHORIZED"]
    assert list(unauthorized["content"]) == ["application/problem+json"]
