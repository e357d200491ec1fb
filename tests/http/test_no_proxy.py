"""Which hosts a list in the form of NO_PROXY exempts."""

from __future__ import annotations

import pytest

from cstar_async._http.proxy import is_exempt

EXEMPT = [
    # name, port, NO_PROXY
    ("example.com", 443, "example.com"),
    ("example.com", 443, "EXAMPLE.com"),
    ("EXAMPLE.com", 443, "example.com"),
    ("example.com", 443, ".example.com"),
    ("example.com", 443, "*.example.com"),
    ("example.com", 443, "example.com."),
    ("example.com.", 443, "example.com"),
    ("example.com.", 443, ".example.com."),
    ("www.example.com", 443, "example.com"),
    ("www.example.com", 443, ".example.com"),
    ("www.example.com", 443, "*.example.com"),
    ("a.b.example.com", 443, "b.example.com"),
    ("www.example.com", 443, "com"),
    ("example.com", 443, "a,example.com"),
    ("example.com", 443, "a, example.com"),
    ("example.com", 443, "a ,  example.com  , b"),
    ("example.com", 443, "a example.com"),
    ("example.com", 443, ",,,  ,example.com,"),
    ("example.com", 443, "a\texample.com\n"),
    ("example.com", 443, "*"),
    ("example.com", 443, "a,*"),
    ("example.com", 443, " * "),
    ("10.0.0.1", 443, "*"),
    ("example.com", 443, "example.com:443"),
    ("example.com", 8080, "example.com:8080"),
    ("www.example.com", 443, ".example.com:443"),
    ("cstar", 8080, "cstar"),
    ("xn--bcher-kva.example", 443, "bücher.example"),
    ("xn--bcher-kva.example", 443, "xn--bcher-kva.example"),
    ("10.0.0.1", 443, "10.0.0.1"),
    ("10.0.0.1", 443, "10.0.0.1:443"),
    ("10.0.0.1", 443, "10.0.0.0/8"),
    ("10.0.0.1", 443, "10.1.2.3/8"),
    ("10.0.0.1", 443, "10.0.0.1/32"),
    ("10.0.0.1", 443, "0.0.0.0/0"),
    ("10.0.0.1", 443, "10.0.0.0/255.0.0.0"),
    ("10.0.0.1", 443, "::ffff:10.0.0.1"),
    ("10.0.0.1", 443, "::ffff:10.0.0.0/104"),
    ("::ffff:10.0.0.1", 443, "10.0.0.0/8"),
    ("fd00::1", 443, "fd00::1"),
    ("fd00::1", 443, "[fd00::1]"),
    ("fd00::1", 443, "FD00:0:0::1"),
    ("fd00::1", 443, "[fd00::1]:443"),
    ("fd00::1", 443, "fd00::/8"),
    ("fd00::1", 443, "[fd00::]/8"),
    ("fd00::1", 443, "[fd00::/8]"),
    ("fd00::1", 443, "a, ::/0"),
]
NOT_EXEMPT = [
    ("example.com", 443, ""),
    ("example.com", 443, "  ,"),
    ("example.com", 443, "."),
    ("example.com", 443, "*."),
    ("example.com", 443, "notexample.com"),
    ("notexample.com", 443, "example.com"),
    ("notexample.com", 443, ".example.com"),
    ("example.com.org", 443, "example.com"),
    ("example.com", 443, "www.example.com"),
    ("example.com", 443, "exam*"),
    ("example.com", 443, "example.*"),
    ("example.com", 443, "example.com:80"),
    ("example.com", 443, "example.com:x"),
    ("10.0.0.1", 443, "0.0.1"),
    ("10.0.0.1", 443, ".0.0.1"),
    ("10.0.0.1", 443, "10."),
    ("10.0.0.1", 443, "10.0.0.2"),
    ("10.0.0.1", 443, "10.0.0.1:80"),
    ("10.0.0.1", 443, "192.168.0.0/16"),
    ("10.0.0.1", 443, "10.0.0.0/33"),
    ("10.0.0.1", 443, "10.0.0.0/x"),
    ("10.0.0.1", 443, "fd00::/8"),
    ("10.0.0.1.example", 443, "10.0.0.0/8"),
    ("fd00::1", 443, "fd00::2"),
    ("fd00::1", 443, "[fd00::1]:80"),
    ("fd00::1", 443, "fd00::/129"),
    ("fd00::1", 443, "fe80::/10"),
    ("fd00::1", 443, "0.0.0.0/0"),
    ("xn--bcher-kva.example", 443, "bäcker.example, \x7f, ­"),
]


@pytest.mark.parametrize(("host", "port", "exceptions"), EXEMPT)
def test_hosts_that_a_list_exempts(host: str, port: int, exceptions: str) -> None:
    """All forms that curl documents are supported, and also ports, brackets and `*.`."""
    assert is_exempt(host, port, exceptions)


@pytest.mark.parametrize(("host", "port", "exceptions"), NOT_EXEMPT)
def test_hosts_that_a_list_does_not_exempt(host: str, port: int, exceptions: str) -> None:
    """Part of a label, an address of another kind and invalid entries exempt no host."""
    assert not is_exempt(host, port, exceptions)
