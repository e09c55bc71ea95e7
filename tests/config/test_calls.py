"""``calls`` in care.yaml: which hosts flows may call, and with which secrets."""

import pytest

from gateway.config.compile import check_files, compile_files
from gateway.config.running import RunningConfig
from gateway.core.own_services import Service
from tests.config.test_problems import GOOD

HOSTS = """\
calls:
  hosts:
    - name: API.shop.example
      headers_from_env: {Authorization: SHOP}
    - {name: "stock:8080", private: true, insecure: true, timeout: 2.5}
"""


def files(hosts: str = HOSTS) -> dict[str, str]:
    return {**GOOD, "care.yaml": GOOD["care.yaml"] + hosts}


def test_services_are_as_they_are_written() -> None:
    running = compile_files(files())
    assert isinstance(running, RunningConfig), running
    assert running.services == (
        Service("api.shop.example", secrets={"Authorization": "SHOP"}),
        Service("stock:8080", 2.5, private=True, insecure=True),
    )


def test_without_any_nothing_may_be_called() -> None:
    running = compile_files(GOOD)
    assert isinstance(running, RunningConfig)
    assert running.services == ()


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("API.shop.example", "https://shop.example", "must be a host, like api.shop.example"),
        ("API.shop.example", "shop.example/x", "must be a host"),
        ("API.shop.example", '"*.shop.example"', "must be a host"),
        ("API.shop.example", '"stock:8080"', "stands here twice"),
        ("Authorization: SHOP", '"A: b": SHOP', "is no header's name"),
        ("Authorization: SHOP", "Authorization: Bearer x", "must be like SHOP, for CALL_SECRET_SHOP"),
        ("timeout: 2.5", "timeout: 60", "must be greater than or equal to 0.5 and less than or equal to 20"),
        ("private: true", "private: perhaps", "private"),
        ("insecure: true", "verify: false", "unknown key"),
    ],
)
def test_mistakes(old: str, new: str, reason: str) -> None:
    assert old in HOSTS
    problems = check_files(files(HOSTS.replace(old, new, 1)))
    assert any(reason in str(problem) for problem in problems), problems
