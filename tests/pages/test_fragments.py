"""What is rendered once for all rows says what it would have said for each."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.template.defaultfilters import date
from django.utils import translation

from foundation.base.texts import fragments
from foundation.base.texts.dates import DatesInWords
from foundation.base.texts.fragments import Fragment
from tests.busy_person import make_busy_person
from tests.factories import make_relying_party
from tests.pages.rendered import rendered
from tests.people import LOGIN

Drawn = dict[str, list[tuple[Fragment, str, dict[str, Any], tuple[Any, ...], str]]]


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Drawn:
    """What is drawn from here on, by template."""
    found: Drawn = {}
    draw = Fragment.draw

    def noted(self: Fragment, language: str, texts: Any = None, *conditions: Any) -> Any:
        html = draw(self, language, texts, *conditions)
        said = (self, language, dict(texts or {}), conditions, html)
        found.setdefault(self.template, []).append(said)
        return html

    monkeypatch.setattr(Fragment, "draw", noted)
    return found


@pytest.mark.parametrize("language", ["en", "de"])
def test_each_row_reads_as_if_its_template_had_been_rendered_for_it(
    provider: None, drawn: Drawn, language: str
) -> None:
    busy, party = make_busy_person(), make_relying_party()
    drawn.clear()  # what the person met on the way there
    for path in busy.pages.values():
        assert busy.browser.get(path, HTTP_ACCEPT_LANGUAGE=language).status_code == 200
    for path in (LOGIN, party.authorize()["Location"]):
        assert party.browser.get(path, HTTP_ACCEPT_LANGUAGE=language).status_code == 200

    assert len(drawn) >= 7
    assert len(drawn["account/login.html"]) == 2
    for kept in drawn.values():
        for fragment, spoken, texts, conditions, html in kept:
            assert html == rendered(fragment, spoken, texts, conditions)
    assert {spoken for kept in drawn.values() for _, spoken, *_ in kept} == {language}


def test_texts_are_escaped_and_mean_nothing_to_the_pattern() -> None:
    fragment = Fragment("components/value_pair.html", texts=["label", "text"])
    evil = "<script>%(label)s %s \"&'</script>"

    html = fragment.draw("en", {"label": "100 %", "text": evil})

    assert "<dt>100 %</dt>" in html
    assert "&lt;script&gt;%(label)s %s &quot;&amp;&#x27;&lt;/script&gt;" in html
    assert "<script>" not in html


def test_a_text_that_is_missing_is_an_error() -> None:
    with pytest.raises(KeyError):
        Fragment("components/value_alone.html", texts=["text"]).draw("en", {})


def test_conditions_with_endless_values_fill_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fragments, "MOST_KEPT", 3)
    fragment = Fragment("components/value_alone.html", conditions=["text"])

    said = [fragment.draw("en", None, number) for number in range(10)]

    assert said[9] == '<p class="value">9</p>'
    assert len(fragment._patterns) == 3


@pytest.mark.parametrize("language", ["en", "de", "en-us", "fr"])
def test_dates_are_those_of_the_filters(language: str) -> None:
    with translation.override(language):
        dates = DatesInWords()
        for hours in (0, 1, 13, 24, 4000):
            moment = datetime(2026, 1, 31, 23, 5, tzinfo=UTC) + timedelta(hours=hours)
            assert dates.day(moment) == date(moment)
            assert dates.minute(moment) == date(moment, "SHORT_DATETIME_FORMAT")
            assert dates.machine_readable(moment) == date(moment, "c")
