"""Colours that can be read, and pictures of which nothing runs."""

import re
from itertools import product
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError

from foundation.base.house.colours import DARK, LIGHT, Scheme, contrast, figures, nearest, shades
from foundation.base.house.models import HousePicture
from foundation.base.house.pictures import LARGEST, WIDEST, checked
from tests.house.naming import SVG, logo, name_house, png
from tests.relying_party import new_browser

TOKENS = (Path(settings.BASE_DIR) / "static/css/tokens.css").read_text()
WHEEL = ["#" + "".join(parts) for parts in product(("00", "80", "ff"), repeat=3)]
XML = 'xmlns="http://www.w3.org/2000/svg"'


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=lambda scheme: scheme.name)
def test_colours_are_held_against_those_of_the_tokens(scheme: Scheme) -> None:
    for name, value in zip(("surface", "ground", "sunken"), scheme.backgrounds, strict=True):
        found = re.search(rf"--{name}: light-dark\((\S+), (\S+)\);", TOKENS)
        assert found is not None
        said = found[1 if scheme is LIGHT else 2]
        if step := re.fullmatch(r"var\((--\w+-\d+)\)", said):
            said = re.search(rf"{step[1]}: (\S+);", TOKENS)[1]  # type: ignore[index]
        assert said == value


@pytest.mark.spec("WCAG 2.2", "1.4.3")
@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=lambda scheme: scheme.name)
def test_there_is_a_colour_that_can_be_read_for_every_one(scheme: Scheme) -> None:
    for accent in WHEEL:
        found = nearest(accent, scheme)
        own = shades(found, scheme)
        texts = [(own.on, own.accent), (own.on, own.strong), (own.strong, own.tint)]
        texts += [(own.accent, background) for background in scheme.backgrounds]
        texts += [(scheme.ink, own.tint)]
        assert [pair for pair in texts if contrast(*pair) < 4.5] == [], accent
        assert nearest(found, scheme) == found


@pytest.mark.parametrize(
    ("accent", "scheme"),
    [
        ("#ffd400", LIGHT),
        ("#808080", LIGHT),
        ("#ffffff", LIGHT),
        ("#00008b", DARK),
        ("#000000", DARK),
    ],
)
def test_colours_that_cannot_be_read_do_not_pass(accent: str, scheme: Scheme) -> None:
    assert not figures(accent, scheme).pass_all
    assert nearest(accent, scheme) != accent


def test_our_own_colours_pass() -> None:
    assert figures("#0b5c62", LIGHT).pass_all
    assert figures("#7ad3cf", DARK).pass_all


@pytest.mark.parametrize(
    "content",
    [
        f"<svg {XML}><script>alert(1)</script></svg>",
        f"<svg {XML} onload='alert(1)'/>",
        f"<svg {XML}><path ONclick='x'/></svg>",
        f"<svg {XML}><a href='javascript:alert(1)'><path/></a></svg>",
        f"<svg {XML}><foreignObject><p/></foreignObject></svg>",
        f"<svg {XML}><image href='https://evil.example/a.png'/></svg>",
        f"<svg {XML}><use href='#a'/></svg>",
        f"<svg {XML}><animate attributeName='href' to='x'/></svg>",
        f"<svg {XML}><set attributeName='onload' to='x'/></svg>",
        f"<svg {XML}><style>@import 'https://evil.example/';</style></svg>",
        f"<svg {XML}><style>path{{fill:url(https://evil.example/#a)}}</style></svg>",
        f"<svg {XML}><style>path{{fill:u\\72l(//evil.example)}}</style></svg>",
        f"<svg {XML}><style>@im<!-- -->port 'x';<g>@import 'y'</g></style></svg>",
        f"<svg {XML}><path style='fill:url(//evil.example/)'/></svg>",
        f"<svg {XML}><path fill='url(&quot;//evil.example/&quot;)'/></svg>",
        f"<svg {XML}><h:script xmlns:h='http://www.w3.org/1999/xhtml'>x</h:script></svg>",
        f"<svg {XML}><metadata><h:script xmlns:h='http://www.w3.org/1999/xhtml'/></metadata></svg>",
        f"<!DOCTYPE svg [<!ENTITY a 'aaa'>]><svg {XML}>&a;</svg>",
        f"<?xml-stylesheet href='https://evil.example/'?><svg {XML}/>",
        "<svg><path/></svg>",
        "<html xmlns='http://www.w3.org/1999/xhtml'><script>x</script></html>",
        f"<svg {XML}>",
        "GIF89a<script>",
        "",
        "<?xml version='1.0' encoding='utf-16'?><svg/>",
    ],
)
def test_an_svg_that_is_more_than_a_drawing_is_refused(content: str) -> None:
    with pytest.raises(ValidationError):
        checked(content.encode())


@pytest.mark.parametrize(
    "content",
    [
        f"<svg {XML}/>".encode("utf-16"),
        b"\x89PNG\r\n\x1a\n<script>",
        png(WIDEST + 1, 1),
        png(1, 0),
        SVG + b" " * LARGEST,
        b"\xff\xd8\xff\xe0JFIF",
    ],
    ids=["utf-16", "no header", "too wide", "without height", "too large", "jpeg"],
)
def test_what_is_no_picture_of_ours_is_refused(content: bytes) -> None:
    with pytest.raises(ValidationError):
        checked(content)


@pytest.mark.parametrize(
    "content",
    [
        SVG,
        f"<?xml version='1.0' encoding='UTF-8'?><svg {XML}><style>.b{{fill:url(#a)}}</style></svg>",
        f"<svg {XML} xmlns:i='http://www.inkscape.org/namespaces/inkscape'><i:note x='1'/></svg>",
        png(),
    ],
    ids=["drawing", "gradient", "with notes", "png"],
)
def test_drawings_are_taken(content: bytes | str) -> None:
    picture = checked(content.encode() if isinstance(content, str) else content)

    assert picture.media_type in {"image/png", "image/svg+xml"}


@pytest.mark.django_db
@pytest.mark.parametrize("content", [SVG, png()], ids=["svg", "png"])
def test_a_logo_is_served_so_that_nothing_of_it_can_run(content: bytes) -> None:
    picture = logo(content)
    name_house(picture, logo_light=picture.digest)
    browser = new_browser()

    page = browser.get("/accounts/login/").content.decode()
    answer = browser.get(picture.path)

    assert f'src="{picture.path}"' in page
    assert answer.content == content
    assert answer["Content-Type"] == picture.media_type
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "allow-" not in answer["Content-Security-Policy"]
    assert "immutable" in answer["Cache-Control"]
    assert "Set-Cookie" not in answer.headers


@pytest.mark.django_db
def test_colours_are_a_style_sheet_under_what_they_are() -> None:
    name_house(accent_light="#7a1f5c")
    browser = new_browser()

    page = browser.get("/accounts/login/").content.decode()
    (path,) = re.findall(r'href="(/house/[^"]+\.css)"', page)
    answer = browser.get(path)

    assert "--primary-600: #7a1f5c;" in answer.content.decode()
    assert nearest("#7a1f5c", DARK) in answer.content.decode()
    assert answer["Content-Type"].startswith("text/css")
    assert "immutable" in answer["Cache-Control"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "/house/",
        "/house/000000-ffffff.css",
        "/house/..%2fpasswd",
        f"/house/{'f' * 32}.svg",
    ],
)
def test_nothing_else_is_served(path: str) -> None:
    name_house(accent_light="#7a1f5c")
    answer = new_browser().get(path)

    assert answer.status_code == 404
    assert "Cache-Control" not in answer.headers or "immutable" not in answer["Cache-Control"]


@pytest.mark.django_db
def test_a_picture_that_is_not_what_its_digest_says_is_not_shown() -> None:
    picture = logo()
    name_house(picture, logo_light=picture.digest)
    other = SVG.replace(b"h4", b"h3")
    HousePicture.objects.update(content=other)

    answer = new_browser().get("/accounts/login/").content.decode()

    assert picture.path not in answer
    assert new_browser().get(picture.path).status_code == 404
