import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from streams.console.gate import COOKIE, NOBODY, SESSION_S, Gate
from streams.settings import SettingsError, load_settings

TOKEN = "a-token-of-enough-letters"


def gate(clock: float = 1000.0, **settings: object) -> Gate:
    return Gate(load_settings({}, **settings), clock=lambda: clock)


def request(peer: str = "127.0.0.1", **headers: str) -> web.Request:
    named = {name.replace("_", "-"): value for name, value in {"Host": "localhost:8642", **headers}.items()}
    return make_mocked_request("GET", "/", headers=named).clone(remote=peer)


@pytest.mark.parametrize(
    ("host", "known"),
    [
        ("localhost:8642", True),
        ("127.0.0.1:8642", True),
        ("[::1]:8642", True),
        ("ops.example", True),
        ("OPS.example:443", True),
        ("evil.example", False),
        ("localhost.evil.example", False),
        ("192.0.2.1", False),
        ("", False),
        ("[", False),
    ],
)
def test_only_our_own_names_are_answered(host: str, known: bool) -> None:
    assert gate(console_names="ops.example, other.example").knows_host(request(Host=host)) is known


def test_a_wildcard_is_reached_by_any_address_but_not_by_any_name() -> None:
    everywhere = gate(console_host="0.0.0.0", console_token=TOKEN)  # noqa: S104 - what is tested
    assert everywhere.knows_host(request(Host="192.0.2.1:8642"))
    assert not everywhere.knows_host(request(Host="evil.example:8642"))


def test_without_token_and_header_anyone_on_this_machine_may() -> None:
    assert gate().open
    assert gate().who(request()) == NOBODY


def test_what_others_can_reach_must_be_guarded() -> None:
    with pytest.raises(SettingsError, match="console_host"):
        load_settings({}, console_host="0.0.0.0")  # noqa: S104 - what is tested


def test_a_short_token_is_refused_and_not_shown() -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings({}, console_token="short-secret")
    assert "short-secret" not in str(refused.value)


def test_a_token_may_stand_in_a_file(tmp_path) -> None:
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n")
    assert gate(console_token_file=file).sign_in("Ines", TOKEN)
    file.write_text("short")
    with pytest.raises(SettingsError):
        gate(console_token_file=file)


def test_signing_in_gives_a_session_with_a_name_and_an_end() -> None:
    cookie = gate(console_token=TOKEN).sign_in("Ines \u202eÖz", TOKEN)
    assert cookie is not None
    held = request(Cookie=f"{COOKIE}={cookie}")
    assert gate(console_token=TOKEN).who(held) == "Ines Öz"
    assert gate(1000 + SESSION_S, console_token=TOKEN).who(held) is None
    assert gate(console_token=TOKEN[::-1]).who(held) is None


@pytest.mark.parametrize(
    "cookie", ["", "x", "a.b.c", "..", "SW5lcw.99999999999.", "SW5lcw.99999999999." + "0" * 64, "é.1.2"]
)
def test_a_made_up_session_is_nobody(cookie: str) -> None:
    assert gate(console_token=TOKEN).who(request(Cookie=f"{COOKIE}={cookie}")) is None


@pytest.mark.parametrize(
    ("name", "token"), [("Ines", "wrong"), ("", TOKEN), ("\u200b", TOKEN), ("Ines", ""), ("Ines", "é")]
)
def test_a_wrong_sign_in_gives_nothing(name: str, token: str) -> None:
    assert gate(console_token=TOKEN).sign_in(name, token) is None


def test_programs_bear_the_token() -> None:
    guarded = gate(console_token=TOKEN)
    assert guarded.who(request(Authorization=f"Bearer {TOKEN}")) == "token"
    assert guarded.who(request(Authorization="Bearer wrong")) is None
    assert guarded.who(request()) is None


def test_a_proxy_is_believed_only_from_its_address() -> None:
    behind = gate(console_user_header="X-User", console_proxies="192.0.2.7")
    assert behind.who(request("192.0.2.7", X_User="omar@ops.example")) == "omar@ops.example"
    assert behind.who(request("192.0.2.8", X_User="omar@ops.example")) is None
    assert behind.who(request("192.0.2.7")) is None


def test_orders_of_other_sites_are_known() -> None:
    ours = {"X_Tocsin": "console"}
    assert gate().same_origin(request(**ours))
    assert gate().same_origin(request(Origin="http://localhost:8642", **ours))
    assert not gate().same_origin(request())
    assert not gate().same_origin(request(Origin="http://evil.example", **ours))
    assert not gate().same_origin(request(Sec_Fetch_Site="cross-site", **ours))


def test_proxies_must_be_addresses() -> None:
    with pytest.raises(SettingsError, match="console_proxies"):
        load_settings({}, console_proxies="proxy.example")
