"""Anything that anybody may send: near misses of valid requests, and noise."""

from hypothesis import strategies as st

from tests.jwt import b64

NAMES = (
    "client_id", "client_secret", "redirect_uri", "response_type", "response_mode", "scope",
    "state", "nonce", "prompt", "max_age", "acr_values", "id_token_hint", "login_hint",
    "ui_locales", "claims", "display", "request", "request_uri", "resource", "code_challenge",
    "code_challenge_method", "grant_type", "code", "code_verifier", "refresh_token", "token",
    "token_type_hint", "access_token", "client_assertion", "client_assertion_type",
    "post_logout_redirect_uri", "callback",
)  # fmt: skip
VALUES = (
    "", "code", "openid", "openid profile", "none", "login", "form_post", "0", "-1", "{}",
    '{"userinfo":{"name":null}}', "authorization_code", "refresh_token", "client_credentials",
    "password", "S256", "x" * 43, "https://rp.example/callback", "http://localhost:8000",
    "https://[::1", "a.b", "a.b.c", "eyJ.e.x", "..", "\x00", "\ud7ff", "ı", "ﷺ", "💥", "٣", "NaN",
)  # fmt: skip

noise = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)
part = st.one_of(noise, st.binary(max_size=30).map(b64), st.sampled_from([b64("{}"), b64("[]")]))
jwt_like = st.lists(part, min_size=1, max_size=5).map(".".join)
value = st.one_of(st.sampled_from(VALUES), noise, jwt_like)
name = st.one_of(st.sampled_from(NAMES), noise.filter(bool))
parameters = st.lists(st.tuples(name, value), max_size=12)
"""Pairs, so that names are repeated too."""

raw = st.one_of(st.binary(max_size=60), st.sampled_from([b"%", b"%zz=%", b"a=%ff&&;=;", b"=&=="]))
"""Bytes of a body or a query that nobody has encoded."""

latin = st.text(st.characters(max_codepoint=0xFF), max_size=40)
authorization = st.one_of(
    latin,
    st.tuples(st.sampled_from(["Basic ", "basic ", "Bearer ", "bearer\t", "DPoP ", ""]), latin).map(
        "".join
    ),
    st.binary(max_size=40).map(lambda data: "Basic " + b64(data)),
    jwt_like.map(lambda text: "Bearer " + text.encode("latin-1", "replace").decode("latin-1")),
)
