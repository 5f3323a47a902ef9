"""Which redirect URIs may be registered."""

import time
from urllib.parse import urlsplit

import pytest
from hypothesis import given, strategies as st

from foundation.base.form_action import check_redirect_origin
from foundation.directory.redirects import origin_of
from idp.authorize.response import with_parameters
from idp.clients.redirect_uris import redirect_uri_problem

LABEL = st.from_regex(r"[a-z][a-z0-9]{0,20}", fullmatch=True)
HOST = st.lists(LABEL, min_size=1, max_size=4).map(".".join)
REAL_HOST = st.lists(st.text("aB9_-", min_size=1, max_size=5), min_size=1, max_size=3).map(".".join)
PATH = st.from_regex(r"(/[A-Za-z0-9._~%2F-]{0,12}){0,3}", fullmatch=True).filter(
    lambda path: "%" not in path
)
PORT = st.one_of(st.just(""), st.integers(1, 65535).map(lambda port: f":{port}"))
QUERY = st.from_regex(r"(\?[a-z]+=[a-z0-9]*)?", fullmatch=True)
WEB = st.builds("https://{}{}{}{}".format, HOST, PORT, PATH, QUERY)
HOSTILE = st.text(
    alphabet=st.sampled_from("https:/?#[]@*%\\ \t\r\n\x00javscript.localhost127é")
    | st.characters(),
    max_size=60,
)


def problem(uri: str, *, http_anywhere: bool = False) -> str | None:
    return redirect_uri_problem(uri, http_anywhere=http_anywhere)


@pytest.mark.spec("RFC 6749", "3.1.2")
@given(WEB)
def test_every_https_address_may_be_registered(uri):
    assert problem(uri) is None


@pytest.mark.spec("RFC 6749", "3.1.2", module="oidcc-redirect-uri-regfrag")
@given(WEB, st.text(max_size=10))
def test_a_fragment_is_refused_even_an_empty_one(uri, fragment):
    assert problem(f"{uri}#{fragment}") is not None


@pytest.mark.spec("RFC 9700", "4.1.3")
@given(WEB, st.integers(8, 60))
def test_a_wildcard_is_refused_wherever_it_stands(uri, position):
    assert problem(f"{uri[:position]}*{uri[position:]}") is not None


@pytest.mark.spec("RFC 9700", "2.6")
@given(HOST.filter(lambda host: host != "localhost"), PORT, PATH)
def test_plain_http_is_refused_beyond_this_machine(host, port, path):
    uri = f"http://{host}{port}{path}"

    assert problem(uri) is not None
    assert problem(uri, http_anywhere=True) is None


@pytest.mark.spec("RFC 8252", "7.3")
@given(st.sampled_from(["localhost", "127.0.0.1", "[::1]"]), PORT, PATH)
def test_plain_http_is_for_this_machine(host, port, path):
    assert problem(f"http://{host}{port}{path}") is None


@pytest.mark.spec("RFC 8252", "7.1")
@given(st.lists(LABEL, min_size=2, max_size=4).map(".".join), PATH)
def test_a_reversed_domain_name_is_an_app_scheme(scheme, path):
    assert problem(f"{scheme}:{path or '/'}") is None


@pytest.mark.spec("RFC 8252", "7.1")
@given(LABEL.filter(lambda scheme: scheme not in {"http", "https"}), PATH)
def test_a_scheme_without_a_dot_is_refused(scheme, path):
    assert problem(f"{scheme}:{path}", http_anywhere=True) is not None


@given(HOSTILE)
def test_whatever_is_accepted_is_a_uri_browsers_and_we_read_alike(uri):
    if problem(uri, http_anywhere=True) is None:
        parts = urlsplit(uri)
        assert uri.lower().startswith(f"{parts.scheme}:{'//' if parts.netloc else ''}")
        assert uri.partition(":")[2].removeprefix("//").startswith(parts.netloc)
        assert uri.isascii()
        assert uri.isprintable()
        assert not set(uri) & set(' \\*#"<>^`{|}')


@pytest.mark.spec("RFC 6749", "3.1.2")
@given(st.sampled_from(["https://{}{}{}", "com.{}:{}{}"]), REAL_HOST, PORT, PATH)
def test_whatever_may_be_registered_can_be_answered(form, host, port, path):
    uri = form.format(host, port, path)
    if problem(uri) is None:
        check_redirect_origin(origin_of(uri))
        assert with_parameters(uri, {"code": "a"}).startswith(f"{uri}?code=")


@pytest.mark.spec("RFC 6749", "3.1.2")
@pytest.mark.parametrize(
    "uri",
    [
        "",
        "/callback",
        "//client.example/callback",
        "https:",
        "https:///callback",
        "https:callback",
        "https://",
        "https://:443/callback",
        "https://client.example:/callback",
        "https://client.example:0/callback",
        "https://client.example:65536/callback",
        "https://client.example:port/callback",
        "https://user@client.example/callback",
        "https://user:password@client.example/callback",
        "https://client.example\\@other.example/callback",
        "https://client..example/callback",
        "https://.client.example/callback",
        "https://client.example./callback",
        "https://-client.example/callback",
        "https://client%2eexample/callback",
        "https://clïent.example/callback",
        "https://[::1/callback",
        "https://[client.example]/callback",
        "https://client.example/call back",
        "https://client.example/callback\n",
        "https://client.example/\tcallback",
        "https://client.example/100%",
        "https://client.example/\x00",
        "https://client.example/" + "a" * 2000,
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,hello",
        "file:///etc/passwd",
        "urn:ietf:wg:oauth:2.0:oob",
        "blob:https://client.example/1",
        "about:blank",
        "com.:/callback",
    ],
)
def test_what_is_not_a_redirect_uri_is_refused_with_a_sentence(uri):
    sentence = problem(uri, http_anywhere=True)

    assert sentence is not None
    assert sentence.endswith((".", ")."))


@pytest.mark.parametrize(
    "uri",
    [
        "https://client.example",
        "https://client.example/callback?tenant=a&b=%20",
        "https://192.0.2.7:8443/callback",
        "https://[2001:db8::7]/callback",
        "https://query_desk.internal/callback",
        "https://xn--clent-dta.example/callback",
        "com.example.app:/oauth2redirect",
        "com.example.app://callback",
    ],
)
def test_addresses_that_real_clients_use_are_accepted(uri):
    assert problem(uri) is None


def test_a_long_host_is_judged_in_no_time():
    uri = f"https://{'a' * 1900}!/"
    started = time.process_time()

    assert problem(uri) is not None

    assert time.process_time() - started < 0.5
