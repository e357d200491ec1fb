"""Settings: arguments, environment, base URLs, keys and proxies."""

from __future__ import annotations

import pytest

from cstar_async.config import DEFAULT_BASE_URL, check_base_url, find_proxy, load_settings
from cstar_async.errors import ConfigError
from cstar_async.secrets import Secret

KEY = "sk_test_0123456789abcdefghijklmnopqrstuv"


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CSTAR_API_KEY", "CSTAR_TEAM_ID", "CSTAR_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    for name in ("http_proxy", "https_proxy", "no_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def test_the_environment_fills_in_what_is_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    """CSTAR_* variables are read, without the line break that shells and files append."""
    monkeypatch.setenv("CSTAR_API_KEY", f"{KEY}\n")
    monkeypatch.setenv("CSTAR_TEAM_ID", "team-1")
    monkeypatch.setenv("CSTAR_BASE_URL", "http://localhost:8080/")
    settings = load_settings(None, None, None)
    assert settings.api_key == KEY
    assert settings.team_id == "team-1"
    assert settings.base_url == "http://localhost:8080"


def test_arguments_win_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """An explicit argument is not overruled by a variable left over in a shell."""
    monkeypatch.setenv("CSTAR_API_KEY", KEY)
    monkeypatch.setenv("CSTAR_TEAM_ID", "team-1")
    settings = load_settings("pk_test_x", "team-2", "https://example.com")
    assert (settings.api_key, settings.team_id, settings.base_url) == ("pk_test_x", "team-2", "https://example.com")
    assert load_settings(None, None, None).base_url == DEFAULT_BASE_URL


def test_an_empty_variable_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """`CSTAR_API_KEY=` means no key, rather than an empty one that the service refuses."""
    monkeypatch.setenv("CSTAR_API_KEY", "")
    assert load_settings(None, None, None).api_key is None


@pytest.mark.parametrize(
    ("key", "kind"),
    [("sk_live_a", "secret"), ("sk_test_a", "secret"), ("pk_live_a", "publishable"), ("other", "secret")],
)
def test_the_kind_of_key_is_in_its_prefix(key: str, kind: str) -> None:
    """Only pk_ keys are refused locally; of others the service decides."""
    assert load_settings(key, None, None).key_kind == kind


@pytest.mark.parametrize("key", ["sk_test_a\r\nX-Evil: 1", "sk test", "sk_tést", "a\x00b"])
def test_a_key_that_no_header_can_carry_is_refused(key: str) -> None:
    """A key cannot smuggle in a header, and the refusal does not show it."""
    with pytest.raises(ConfigError) as caught:
        load_settings(key, None, None)
    assert key not in str(caught.value)


def test_nothing_shows_the_key() -> None:
    """The repr of the settings, and of anything that holds them, hides the key."""
    settings = load_settings(KEY, None, None)
    assert KEY not in repr(settings)
    assert repr(settings.api_key) == "'***'"
    assert repr({"key": Secret(KEY)}) == "{'key': '***'}"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.cstar.help", "https://www.cstar.help"),
        ("https://www.cstar.help/", "https://www.cstar.help"),
        ("https://www.cstar.help:8443/", "https://www.cstar.help:8443"),
        ("HTTPS://WWW.cstar.help", "https://www.cstar.help"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://127.1.2.3", "http://127.1.2.3"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("http://localhost", "http://localhost"),
        ("http://desk.localhost:1", "http://desk.localhost:1"),
        ("https://desk_1.example.", "https://desk_1.example."),
        ("https://bücher.example:1", "https://xn--bcher-kva.example:1"),
    ],
)
def test_good_base_urls(url: str, expected: str) -> None:
    """Scheme, host and port are accepted; a trailing slash is dropped."""
    assert check_base_url(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "http://www.cstar.help",
        "http://10.0.0.1",
        "https://www.cstar.help/api/v1",
        "https://www.cstar.help//",
        "https://www.cstar.help?x=1",
        "https://www.cstar.help?",
        "https://www.cstar.help#x",
        "https://user@www.cstar.help",
        "https://user:pw@www.cstar.help",
        "ftp://www.cstar.help",
        "www.cstar.help",
        "https://",
        "https://www.cstar.help:99999",
        "https://www.cstar.help:x",
        "https://www cstar.help",
        "https://[::1",
        "https://a..b",
        "https://.b",
        "https://%41.example",
        "https://a%2fb",
        "https://a,b",
        f"https://{'a' * 64}.example",
        "https://xn--ä.example",
        "https://­",
    ],
)
def test_bad_base_urls(url: str) -> None:
    """Whatever would send the key elsewhere, or in clear text, or twice the path, is refused at once."""
    with pytest.raises(ConfigError) as caught:
        check_base_url(url)
    assert "pw" not in str(caught.value)


def test_the_proxy_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The proxy variables of the scheme are used, no_proxy is respected, and a password is hidden."""
    monkeypatch.setenv("https_proxy", "http://user:secret@proxy:3128")
    monkeypatch.setenv("no_proxy", "internal.example")
    proxy = find_proxy("https://www.cstar.help")
    assert proxy == "http://user:secret@proxy:3128"
    assert "secret" not in repr(proxy)
    assert find_proxy("https://internal.example") is None
    assert find_proxy("http://localhost") is None
    monkeypatch.setenv("https_proxy", "proxy:3128")
    assert find_proxy("https://www.cstar.help") == "http://proxy:3128"
