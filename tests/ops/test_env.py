"""Settings from the environment are read once and loud on nonsense."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from foundation.base import env, env_outgoing
from foundation.base.keyed import Ring
from foundation.base.postgresql.hosts import Hosts

NAME = "SCOPEWARD_TEST_VARIABLE"


@pytest.fixture
def value(monkeypatch: pytest.MonkeyPatch):
    def set_value(text: str) -> None:
        monkeypatch.setenv(NAME, text)

    return set_value


@pytest.mark.parametrize("text", ["", "   "])
def test_a_variable_without_default_must_be_set(value, text: str) -> None:
    value(text)

    with pytest.raises(ImproperlyConfigured, match=f"{NAME} must be set"):
        env.text(NAME)


def test_a_secret_may_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from the file\n")
    monkeypatch.setenv(f"{NAME}_FILE", str(tmp_path / "secret"))

    assert env.text(NAME) == "from the file"


@pytest.mark.parametrize("older", ["second third", "second\nthird\n", " second, third "])
def test_a_secret_comes_with_older_ones(value, monkeypatch: pytest.MonkeyPatch, older: str) -> None:
    value("first")
    monkeypatch.setenv(f"{NAME}_OLDER", older)
    monkeypatch.setattr(env, "rings", {})

    assert env.ring(NAME, None) == Ring(b"first", (b"second", b"third"))
    assert env.rings == {NAME: Ring(b"first", (b"second", b"third"))}


def test_a_secret_that_is_not_set_is_another_with_its_older_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(env, "rings", {})
    other = Ring(b"other", (b"before",))

    assert env.ring(NAME, other) == other
    with pytest.raises(ImproperlyConfigured, match="must be set"):
        env.ring(NAME, None)


@pytest.mark.parametrize(("secret", "older"), [("one", "one"), ("one", "two two"), ("", "two")])
def test_older_secrets_that_make_no_sense_are_refused(
    value, monkeypatch: pytest.MonkeyPatch, secret: str, older: str
) -> None:
    value(secret)
    monkeypatch.setenv(f"{NAME}_OLDER", older)

    with pytest.raises(ImproperlyConfigured, match=f"{NAME}_OLDER"):
        env.ring(NAME, Ring(b"default"))


def test_a_missing_secret_file_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(f"{NAME}_FILE", str(tmp_path / "nowhere"))

    with pytest.raises(ImproperlyConfigured, match=f"{NAME}_FILE cannot be read"):
        env.text(NAME, "default")


def test_an_empty_secret_file_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("\n")
    monkeypatch.setenv(f"{NAME}_FILE", str(tmp_path / "secret"))

    with pytest.raises(ImproperlyConfigured, match="must be set"):
        env.text(NAME)


def test_a_value_and_a_file_at_once_are_refused(value, monkeypatch: pytest.MonkeyPatch) -> None:
    value("one")
    monkeypatch.setenv(f"{NAME}_FILE", "/other")

    with pytest.raises(ImproperlyConfigured, match="not both"):
        env.text(NAME)


@pytest.mark.parametrize("text", ["maybe", "2", "truee", "on off"])
def test_a_flag_is_a_word_for_yes_or_no(value, text: str) -> None:
    value(text)

    with pytest.raises(ImproperlyConfigured, match="must be on or off"):
        env.flag(NAME, default=True)


@pytest.mark.parametrize(("text", "expected"), [("ON", True), ("1", True), ("no", False)])
def test_a_flag_understands_the_usual_words(value, text: str, expected: bool) -> None:
    value(text)

    assert env.flag(NAME, default=not expected) is expected


@pytest.mark.parametrize("text", ["-1", "0", "1.5", "ten", "0x10", "²", "--5", "9001", "9" * 5000])
def test_a_number_is_a_whole_number_in_range(value, text: str) -> None:
    value(text)

    with pytest.raises(ImproperlyConfigured, match=f"{NAME} must be a whole number from 1 to 9000"):
        env.number(NAME, 8000, least=1, most=9000)


def test_a_choice_is_one_of_the_words(value) -> None:
    value("staging")

    with pytest.raises(ImproperlyConfigured, match="one of development, production"):
        env.choice(NAME, "development", among=("development", "production"))


@pytest.mark.parametrize(
    "text",
    [
        "id.example.com",
        "ftp://id.example.com",
        "https://",
        "https://id.example.com?tenant=1",
        "https://id.example.com/#top",
        "https://user@id.example.com",
        "https://id.example.com?",
        "https://[",
        "https://id.example.com:port",
        "https://id.example.com/tenant",
        "https://id example.com",
        "https://id.example.com/\u00e4",
    ],
)
@pytest.mark.spec("OIDC Discovery", "3")
def test_an_issuer_is_a_plain_web_address(value, text: str) -> None:
    value(text)

    with pytest.raises(ImproperlyConfigured, match=NAME):
        env.issuer(NAME)


def test_an_issuer_may_have_a_port_and_ends_without_a_slash(value) -> None:
    value("https://id.example.com:8443/")

    assert env.issuer(NAME) == "https://id.example.com:8443"


@pytest.mark.parametrize(
    "text",
    [
        "mysql://u:pass-word@h/db",
        "postgres://u:pass-word@h:port/db",
        "db.sqlite3",
        "postgres://u:pass-word@one:5432,other/db",  # libpq would take the port for both
        "postgres://u:pass-word@one:5432,other:port/db",
        "postgres://u:pass-word@one:0,other:1/db",
        "postgres://u:pass-word@one,/db",
        "redis://:pass-word@one,other/0",
    ],
)
def test_an_unusable_database_url_is_refused_without_repeating_it(value, text: str) -> None:
    value(text)

    with pytest.raises(ImproperlyConfigured, match=f"{NAME} must be a URL") as refused:
        env.database(NAME, "sqlite:///x")

    assert "pass-word" not in str(refused.value)


@pytest.mark.parametrize("text", ["postgres://u:p@h", "postgres://u:p@h/", "sqlite:///"])
def test_a_database_has_a_name_or_a_file(value, text: str) -> None:
    value(text)

    with pytest.raises(ImproperlyConfigured, match=f"{NAME} must end in"):
        env.database(NAME, "sqlite:///x")


def test_options_of_a_database_url_are_kept(value) -> None:
    value("postgres://u:p%40ss@h:5433/db?sslmode=verify-full")

    database = env.database(NAME, "")

    assert database["PASSWORD"] == "p@ss"
    assert database["PORT"] == 5433
    assert database["OPTIONS"] == {"sslmode": "verify-full"}


@pytest.mark.parametrize(
    ("hosts", "names", "ports"),
    [
        ("one,other", "one,other", ""),
        ("one:5432,other:5433", "one,other", "5432,5433"),
        ("[fd00::1]:5432,[fd00::2]:5432", "fd00::1,fd00::2", "5432,5432"),
    ],
)
def test_a_database_may_be_on_several_hosts(value, hosts: str, names: str, ports: str) -> None:
    value(f"postgres://u:p@{hosts}/db?target_session_attrs=any")

    database = env.database(NAME, "")

    assert (database["HOST"], database["PORT"], database["NAME"]) == (names, ports, "db")
    assert database["OPTIONS"] == {"target_session_attrs": "any"}


def test_the_host_that_answered_last_is_tried_first() -> None:
    hosts = Hosts()
    several = {"host": "one,other", "port": "5432,5433", "dbname": "db"}
    assert hosts.in_order(several) == several

    hosts.note("other", 5433)

    assert hosts.in_order(several) == {**several, "host": "other,one", "port": "5433,5432"}
    assert hosts.in_order({"host": "one", "port": 5432}) == {"host": "one", "port": 5432}
    assert hosts.in_order({"host": "a,other", "port": 5433})["host"] == "other,a"
    assert hosts.in_order({"dbname": "db"}) == {"dbname": "db"}


@pytest.mark.parametrize("folder", ["a+b", "a b", "a?b", "a#b", "a%20b", "ä"])
def test_the_sqlite_file_may_lie_in_any_folder(folder: str) -> None:
    path = Path("/data") / folder / "scopeward.sqlite3"

    assert env.database(NAME, env.sqlite(path))["NAME"] == str(path)
    assert env.email(NAME, env.mail_folder(path.parent))["EMAIL_FILE_PATH"] == str(path.parent)


@pytest.mark.parametrize(
    "text", ["localhost:6379", "memcached://h", "redis://h:port", "redis://h:6379/first"]
)
def test_an_unusable_redis_url_is_refused(value, text: str) -> None:
    value(text)

    with pytest.raises(ImproperlyConfigured, match=NAME):
        env.redis(NAME)


@pytest.mark.parametrize("text", ["mail.example.com", "smtp://", "smtp://h:port", "imap://h"])
def test_an_unusable_mail_server_is_refused(value, text: str) -> None:
    value(text)

    with pytest.raises(ImproperlyConfigured, match=NAME):
        env.email(NAME, "consolemail://")


def test_a_mail_server_with_tls(value) -> None:
    value("smtp+tls://user:p%40ss@mail.example.com:587")

    mail = env.email(NAME, "")

    assert mail["EMAIL_USE_TLS"] is True
    assert (mail["EMAIL_HOST"], mail["EMAIL_PORT"]) == ("mail.example.com", 587)
    assert (mail["EMAIL_HOST_USER"], mail["EMAIL_HOST_PASSWORD"]) == ("user", "p@ss")


@pytest.mark.parametrize("text", ["Mars/Phobos", "Europe", "../etc/passwd", "/etc/localtime"])
def test_a_time_zone_is_one_that_is_known(value, text: str) -> None:
    value(text)

    with pytest.raises(ImproperlyConfigured, match=f"{NAME} must be a time zone"):
        env.time_zone(NAME, "UTC")


@pytest.mark.parametrize(
    "text", ["Scopeward", "no at sign", "a@example.com, b@example.com", "@example.com", "a@"]
)
def test_mail_comes_from_one_address(value, text: str) -> None:
    value(text)

    with pytest.raises(ImproperlyConfigured, match=f"{NAME} must be one e-mail address"):
        env.sender(NAME, "no-reply@example.com")


def test_a_sender_may_have_a_name(value) -> None:
    value("Identity of Example <no-reply@example.com>")

    assert env.sender(NAME, "") == "Identity of Example <no-reply@example.com>"


def test_a_folder_that_cannot_be_made_is_named(value, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    value(str(tmp_path / "file" / "data"))

    with pytest.raises(ImproperlyConfigured, match=f"{NAME} cannot be made"):
        env.folder(NAME, tmp_path, make=True)


def test_a_secret_file_that_is_no_text_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_bytes(b"\xff\xfe")
    monkeypatch.setenv(f"{NAME}_FILE", str(tmp_path / "secret"))

    with pytest.raises(ImproperlyConfigured, match=f"{NAME}_FILE cannot be read"):
        env.text(NAME)


def test_networks_are_read_and_nonsense_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "10.1.0.0/16, fd00::/8")
    assert [str(network) for network in env_outgoing.networks(NAME)] == ["10.1.0.0/16", "fd00::/8"]

    for nonsense in ("10.1.0.1/16", "everywhere"):
        monkeypatch.setenv(NAME, nonsense)
        with pytest.raises(ImproperlyConfigured, match=NAME):
            env_outgoing.networks(NAME)


def test_a_file_without_certificates_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "empty.pem").write_text("nothing", "utf-8")

    for path in (tmp_path / "empty.pem", tmp_path / "nowhere.pem"):
        monkeypatch.setenv(NAME, str(path))
        with pytest.raises(ImproperlyConfigured, match=NAME):
            env_outgoing.certificates(NAME)
