"""Redaction and cleaning of text from outside."""

from __future__ import annotations

import pytest

from cstar_async._core.secrets import MAX_SHOWN, Secret, clean_text, hide_bytes, redact, redact_json

KEY = "sk_test_abcdefghijklmnop0123456789"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("nothing to hide", "nothing to hide"),
        ("50%25 off, \\u00e9", "50%25 off, \\u00e9"),
        ("Bearer tokens are needed; basic functionality", "Bearer tokens are needed; basic functionality"),
        (f"bad {KEY}, really", "bad sk_test_***, really"),
        ("pk_live_abcdefgh", "pk_live_***"),
        (r"sk\u005flive\u005fabcdefghijk", "sk_live_***"),
        ("sk%5Flive%5Fabcdefghijk", "sk_live_***"),
        ("secret whsec_dGVzdA+/09==.", "secret whsec_***."),
        ("refresh with cstr_0a1b2c3d4e5f or rt_a1B2c3D4e5F6", "refresh with cstr_*** or rt_***"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjdXNfMSJ9.AbC-_09 is a token", "*** is a token"),
        ("Authorization: Bearer abcdefghijklmnop", "Authorization: Bearer ***"),
        ("'Proxy-Authorization': 'Basic dXNlcjpwYXNz'", "'Proxy-Authorization': 'Basic ***'"),
        ("http://ada:p@ss@proxy:3128/ refused", "http://***@proxy:3128/ refused"),
        ("postgresql://ada:pw@db/x?password=hunter22&a=1", "postgresql://***@db/x?password=***&a=1"),
        ("host=db password='a b' user=ada", "host=db password=*** user=ada"),
    ],
)
def test_secrets_of_every_kind_are_removed(text: str, shown: str) -> None:
    """A secret is cut to its prefix, escaped or not; other text stays."""
    assert redact(text) == shown


def test_a_known_secret_is_removed_whatever_it_looks_like() -> None:
    """A given secret is removed, also percent-encoded, even without a known prefix."""
    assert redact("no key/of+mine here, no key%2Fof%2Bmine", ["key/of+mine"]) == "no *** here, no ***"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[31mred\x1b[0m", "a [31mred [0m"),
        ("one\r\nINFO two", "one INFO two"),
        ("\x9bx\x85\u2028y\u202ez\x00", "x y z"),
        ("caf\udce9 \ud83d", "caf\ufffd \ufffd"),
        ("s\ufe0fa\U000e0101f\u3164e\U000e0041\u034f", "safe"),
        ("sk\ufe0f_live\u115f_abcdefgh", "sk_live_***"),
        ("x" * (MAX_SHOWN + 1), "x" * (MAX_SHOWN - 1) + "…"),
    ],
)
def test_foreign_text_is_one_printable_line(text: str, shown: str) -> None:
    """Cleaned text is one printable line of limited length that can be encoded."""
    assert clean_text(text) == shown
    assert clean_text(text).encode()


@pytest.mark.parametrize("before", range(MAX_SHOWN - len(KEY) - 2, MAX_SHOWN + 3))
def test_a_cut_shows_no_part_of_a_secret(before: int) -> None:
    """Secrets are removed before the text is cut."""
    assert "abc" not in clean_text("." * before + KEY)


def test_parsed_json_is_redacted_in_every_text() -> None:
    """Secrets in parsed JSON are removed from names and values at any depth."""
    assert redact_json({KEY: [1, None, {"a": f"x {KEY}"}]}) == {"sk_test_***": [1, None, {"a": "x sk_test_***"}]}


def test_a_secret_has_no_repr() -> None:
    """The repr of a Secret is hidden, also inside a container."""
    assert repr({"key": Secret(KEY)}) == "{'key': '***'}"
    assert [repr(part) for part in (Secret(KEY)[:80], Secret(KEY)[0])] == ["'***'"] * 2
    assert (Secret(KEY)[3:7], hide_bytes(b"password")[:4], hide_bytes(b"p")[0]) == ("test", b"pass", 112)
    assert repr(hide_bytes(b"password")[:4]) == "<4 bytes>"
