"""Settings: arguments, environment, base URLs, keys and proxies."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING, Any, cast
from unittest import mock

import aiohttp
import httpx
import pytest
import requests
import urllib3

from cstar_async import CStarClient
from cstar_async._core.secrets import Secret
from cstar_async._http.settings import load_settings
from cstar_async._http.text_checks import DEFAULT_BASE_URL, check_base_url
from cstar_async.errors import ConfigError

if TYPE_CHECKING:
    from typing import Self

KEY = "sk_test_0123456789abcdefghijklmnopqrstuv"


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CSTAR_API_KEY", "CSTAR_TEAM_ID", "CSTAR_BASE_URL", "CSTAR_ALLOW_HTTP", "CSTAR_STRICT"):
        monkeypatch.delenv(name, raising=False)
    for name in ("http_proxy", "https_proxy", "no_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def test_the_environment_fills_in_missing_arguments(monkeypatch: pytest.MonkeyPatch) -> None:
    """CSTAR_* variables fill in missing arguments, without a trailing line break."""
    monkeypatch.setenv("CSTAR_API_KEY", f"{KEY}\n")
    monkeypatch.setenv("CSTAR_TEAM_ID", "team-1")
    monkeypatch.setenv("CSTAR_BASE_URL", "http://localhost:8080/")
    settings = load_settings(None, None, None)
    assert settings.api_key == KEY
    assert settings.team_id == "team-1"
    assert settings.base_url == "http://localhost:8080"


def test_arguments_win_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Arguments win over environment variables."""
    monkeypatch.setenv("CSTAR_API_KEY", KEY)
    monkeypatch.setenv("CSTAR_TEAM_ID", "team-1")
    settings = load_settings("pk_test_x", "team-2", "https://example.com")
    assert (settings.api_key, settings.team_id, settings.base_url) == ("pk_test_x", "team-2", "https://example.com")
    assert load_settings(None, None, None).base_url == DEFAULT_BASE_URL


def test_an_empty_variable_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty variable counts as not set."""
    monkeypatch.setenv("CSTAR_API_KEY", "")
    assert load_settings(None, None, None).api_key is None


@pytest.mark.parametrize(
    ("key", "kind"),
    [("sk_live_a", "secret"), ("sk_test_a", "secret"), ("pk_live_a", "publishable"), ("other", "secret")],
)
def test_the_kind_of_key_is_in_its_prefix(key: str, kind: str) -> None:
    """A pk_ key is publishable; any other is treated as secret."""
    assert load_settings(key, None, None).key_kind == kind


@pytest.mark.parametrize("key", ["sk_test_a\r\nX-Evil: 1", "sk test", "sk_tést", "a\x00b"])
def test_a_key_that_no_header_can_carry_is_refused(key: str) -> None:
    """A key that does not fit into a header is refused, and the error does not show it."""
    with pytest.raises(ConfigError) as caught:
        load_settings(key, None, None)
    assert key not in str(caught.value)


def test_nothing_shows_the_key() -> None:
    """The repr of the settings hides the key."""
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
        ("http://localhost.", "http://localhost."),
        ("http://[::ffff:127.0.0.1]:1", "http://[::ffff:127.0.0.1]:1"),
        ("http://0.0.0.0:8080", "http://0.0.0.0:8080"),
        ("https://desk_1.example.", "https://desk_1.example."),
        ("https://bücher.example:1", "https://xn--bcher-kva.example:1"),
    ],
)
def test_good_base_urls(url: str, expected: str) -> None:
    """A base URL has a scheme, a host and maybe a port; a trailing slash is dropped."""
    assert check_base_url(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "http://www.cstar.help",
        "http://10.0.0.1",
        "http://localhost.example",
        "http://127.1",
        "http://[fd00::1]",
        "http://[::ffff:10.0.0.1]",
        "user:pw@www.cstar.help",
        "https://user:pw@[",
        "https://user:pw@\u2100.example",
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
    """A base URL with plain http to another machine, credentials, a path or an invalid host is refused."""
    with pytest.raises(ConfigError, match=r"^CSTAR_BASE_URL ") as caught:
        check_base_url(url, "CSTAR_BASE_URL")
    assert "pw" not in str(caught.value)


SOURCES = [("api_key", KEY), ("team_id", "7134fc12-5c1d-4a0e-9d7a-2f6f0b1c9e55"), ("base_url", "https://desk.example")]
FLAWS = [
    ('"{}"', "has quotes around it"),
    ("'{}'", "has quotes around it"),
    ('"{}', "has quotes around it"),
    ("{}'\n", "has quotes around it"),
    ("\u201c{}\u201d", "has quotes around it"),
    ("`{}`", "has quotes around it"),
    ("\ufeff{}", "byte order mark"),
    ("{}\ufeff", "byte order mark"),
    ("{0}\n{0}", "a line break or a space"),
    ("{0}\r\nX-Evil: 1", "a line break or a space"),
    ("{0} {0}", "a line break or a space"),
    ("{0}\t{0}", "a line break or a space"),
    ("{}\u00a0x", "a line break or a space"),
    ("{}\u2028x", "a line break or a space"),
    ("{}\x00", "control character"),
    ("{}\x1b[31m", "control character"),
    (" ", "only whitespace"),
    ("\n", "only whitespace"),
    (" \t\r\n\u00a0", "only whitespace"),
]


@pytest.mark.parametrize("where", ["argument", "environment"])
@pytest.mark.parametrize(("name", "good"), SOURCES)
@pytest.mark.parametrize(("form", "words"), FLAWS)
def test_stray_characters_in_a_setting_are_named(
    name: str, good: str, form: str, words: str, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error names the argument or variable and its flaw, and never shows the key."""
    value = form.format(good)
    options: dict[str, Any] = dict.fromkeys(("api_key", "team_id", "base_url"))
    source = name
    if where == "argument":
        options[name] = value
    elif "\x00" in value:
        return  # an environment variable cannot contain it
    else:
        source = f"CSTAR_{name.upper()}"
        monkeypatch.setenv(source, value)
    with pytest.raises(ConfigError, match=f"^{source} .*{words}") as caught:
        load_settings(**options)
    assert caught.value.__traceback__ is not None
    frames = traceback.walk_tb(caught.value.__traceback__.tb_next)  # without this test's frame
    shown = "".join(traceback.StackSummary.extract(frames, capture_locals=True).format()) + str(caught.value)
    assert KEY not in shown


@pytest.mark.parametrize("name", ["api_key", "team_id"])
@pytest.mark.parametrize("value", ["sk_t\u00e9st", "\u0455k_test", "sk\u200b_test", "\ud83d"])
def test_characters_that_are_not_ascii_are_refused(name: str, value: str) -> None:
    """A character that is not ASCII is refused, look-alike and invisible ones included."""
    with pytest.raises(ConfigError, match=f"^{name} contains a character that is not ASCII"):
        load_settings(value if name == "api_key" else None, value if name == "team_id" else None, None)


def test_a_key_in_the_place_of_a_url_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key given as the base URL is redacted in the error."""
    monkeypatch.setenv("CSTAR_BASE_URL", KEY)
    with pytest.raises(ConfigError, match=r"^CSTAR_BASE_URL must look like .*got 'sk_test_\*\*\*'"):
        load_settings(None, None, None)


@pytest.mark.parametrize("value", ["1", "true", "TRUE", "yes", "on", " 1\n"])
def test_http_to_another_machine_can_be_allowed(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """`allow_http`, or CSTAR_ALLOW_HTTP, allows http to another machine; the argument wins."""
    url = "http://cstar:8080"
    with pytest.raises(ConfigError, match=r"must be https.*allow_http=True.*CSTAR_ALLOW_HTTP=1"):
        load_settings(KEY, None, url)
    assert load_settings(KEY, None, url, allow_http=True).base_url == url
    monkeypatch.setenv("CSTAR_ALLOW_HTTP", value)
    assert load_settings(KEY, None, url).base_url == url
    with pytest.raises(ConfigError, match="must be https"):
        load_settings(KEY, None, url, allow_http=False)
    with pytest.raises(ConfigError, match="must look like"):
        load_settings(KEY, None, "ftp://cstar:8080")


@pytest.mark.parametrize("value", ["0", "false", "No", "off", "", " "])
def test_http_can_be_refused_in_words(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """CSTAR_ALLOW_HTTP accepts words for no, and empty means no."""
    monkeypatch.setenv("CSTAR_ALLOW_HTTP", value)
    with pytest.raises(ConfigError, match="must be https"):
        load_settings(KEY, None, "http://cstar:8080")


@pytest.mark.parametrize("value", ["2", "y", "enabled", "tru", "1 1", "http://cstar", "\x1b[31m"])
def test_another_value_of_allow_http_is_refused(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Any other value of CSTAR_ALLOW_HTTP is refused, also for https."""
    monkeypatch.setenv("CSTAR_ALLOW_HTTP", value)
    with pytest.raises(ConfigError, match=r"^CSTAR_ALLOW_HTTP must be 1, ") as caught:
        load_settings(KEY, None, None)
    assert "\x1b" not in str(caught.value)
    with pytest.raises(TypeError, match=r"^allow_http must be True or False, got str"):
        load_settings(KEY, None, None, allow_http="1")  # type: ignore[arg-type]


# --- sessions


class Retrying:
    """A wrapper of a session, like those of packages for retries or tracing."""

    def request(self, method: str, url: str, retry_options: object = None, **options: Any) -> Any:
        """Take what aiohttp's `request` takes, and more."""

    async def __aenter__(self) -> Self:
        return self


class Blocking(requests.Session):
    """A blocking session that accepts any option, like one with a cache."""

    def request(self, method: str, url: str, **options: Any) -> Any:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        """Take what aiohttp's `request` takes, but block."""


def test_a_wrapper_is_accepted_as_a_session() -> None:
    """An object that has aiohttp's `request` is accepted as a session."""
    CStarClient(KEY, session=cast("Any", Retrying()))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (httpx.AsyncClient, r"got httpx\.AsyncClient"),
        (httpx.Client, r"got httpx\.Client"),
        (requests.Session, r"got requests\.Session"),
        (Blocking, "got .*Blocking"),
        (lambda: requests, "got the module requests"),
        (lambda: httpx, "got the module httpx"),
        (lambda: aiohttp, "got the module aiohttp"),
        (lambda: aiohttp.ClientSession, "got <class 'aiohttp"),
        (lambda: httpx.AsyncClient, "got <class 'httpx"),
        (lambda: "https://www.cstar.help", "got str"),
        (lambda: False, "got bool"),
        (lambda: 0, "got int"),
        (dict, "got dict"),
        (object, "got object"),
        (lambda: lambda: None, "got function"),
        (lambda: mock.Mock(request=None), "got unittest"),
        (lambda: urllib3.PoolManager(), "got urllib3.PoolManager"),
    ],
)
def test_a_session_of_another_kind_is_refused(make: Any, words: str) -> None:
    """Another kind of session is a TypeError when the client is made."""
    with pytest.raises(TypeError, match=f"^session must be an aiohttp.ClientSession.*{words}"):
        CStarClient(KEY, session=make())


async def test_a_closed_session_is_refused() -> None:
    """A closed session is refused when the client is made."""
    async with aiohttp.ClientSession() as session:
        CStarClient(KEY, session=session)
    with pytest.raises(ConfigError, match=r"^session is closed"):
        CStarClient(KEY, session=session)
