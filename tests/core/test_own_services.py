"""Which addresses a flow may call, and where a connection may go."""

import pytest

from gateway.core.own_services import Service, climbs, refused, service_of, target_of, why_not

SERVICES = (Service("shop.example"), Service("inside:8080", private=True, insecure=True), Service("api.example:443"))


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://shop.example/orders/5?x=1", ""),
        ("https://SHOP.example", ""),
        ("https://shop.example:443/", ""),
        ("https://api.example/", ""),
        ("http://inside:8080/x", ""),
        ("https://inside:8080/x", ""),
        ("https://shop.example:8443/", "shop.example:8443 is not among calls.hosts in care.yaml"),
        ("https://inside/", "inside is not among calls.hosts in care.yaml"),
        ("https://evil.example/shop.example", "evil.example is not among calls.hosts in care.yaml"),
        ("https://shop.example.evil/", "shop.example.evil is not among calls.hosts in care.yaml"),
        ("https://xshop.example/", "xshop.example is not among calls.hosts in care.yaml"),
        ("http://shop.example/", "shop.example is called by https, unless calls.hosts says insecure: true"),
        ("https://shop.example@evil.example/", "no http(s) address"),
        ("ftp://shop.example/", "no http(s) address"),
        ("file:///etc/passwd", "no http(s) address"),
    ],
)
def test_who_may_be_called(url: str, reason: str) -> None:
    assert why_not(url, SERVICES) == reason


def test_a_path_keeps_its_query() -> None:
    target = target_of("https://shop.example?x=1")
    assert (target.path, target.port) == ("/?x=1", 443)
    assert service_of(target, SERVICES) is SERVICES[0]


@pytest.mark.parametrize(
    ("address", "public", "private"),
    [
        ("93.184.216.34", True, True),
        ("2606:2800:220:1:248:1893:25c8:1946", True, True),
        ("127.0.0.1", False, True),
        ("::1", False, True),
        ("10.1.2.3", False, True),
        ("172.16.0.1", False, True),
        ("172.31.255.255", False, True),
        ("192.168.1.1", False, True),
        ("100.64.0.1", False, True),  # shared by carriers
        ("fd12:3456::1", False, True),
        ("198.18.0.1", False, True),
        ("240.0.0.1", False, True),
        ("::ffff:127.0.0.1", False, True),
        ("::ffff:10.0.0.1", False, True),
        ("64:ff9b::a00:1", False, True),  # 10.0.0.1 through NAT64
        ("2002:a00:1::", False, True),  # 10.0.0.1 by 6to4
        ("::10.0.0.1", False, True),
        ("::ffff:93.184.216.34", True, True),
        ("169.254.169.254", False, False),  # where clouds tell their secrets
        ("::ffff:169.254.169.254", False, False),
        ("64:ff9b::a9fe:a9fe", False, False),
        ("fd00:ec2::254", False, False),
        ("100.100.100.200", False, False),
        ("fe80::1%eth0", False, False),
        ("0.0.0.0", False, False),
        ("::", False, False),
        ("224.0.0.1", False, False),
        ("ff02::1", False, False),
        ("255.255.255.255", False, True),
    ],
)
def test_where_a_connection_may_go(address: str, public: bool, private: bool) -> None:
    assert (not refused(address, private=False), not refused(address, private=True)) == (public, private)


@pytest.mark.parametrize(
    ("path", "leads_elsewhere"),
    [
        ("/orders/5", False),
        ("/orders/5..6", False),
        ("/orders/a%2Fb", False),
        ("/orders/..", True),
        ("/orders/%2e%2e/admin", True),
        ("/orders/..%2Fadmin", True),
        ("/orders/%252e%252e", True),
        ("/orders/..%5Cadmin", True),
        ("/orders/.", True),
        ("/orders?next=..", False),
    ],
)
def test_values_cannot_climb(path: str, leads_elsewhere: bool) -> None:
    assert climbs(path) is leads_elsewhere
