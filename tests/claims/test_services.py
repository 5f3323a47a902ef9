"""Recording attributes of people and groups."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from claims.models import Attribute, ClaimMapping, PersonAttributes
from claims.services import install_defaults, set_attributes, set_group_attributes
from foundation.base.models import ConfigurationEpoch
from tests.claims.factories import make_group, make_person


def test_the_defaults_are_installed_once() -> None:
    before = [model.objects.count() for model in (Attribute, ClaimMapping, ConfigurationEpoch)]

    install_defaults()

    after = [model.objects.count() for model in (Attribute, ClaimMapping, ConfigurationEpoch)]
    assert before == after == [4, 4, 1]


def test_installing_the_defaults_keeps_what_an_administrator_changed() -> None:
    Attribute.objects.filter(name="clearance").update(levels=["low", "high"])
    ClaimMapping.objects.filter(claim="roles").update(in_access_token=False)

    install_defaults()

    assert Attribute.objects.get(name="clearance").levels == ["low", "high"]
    assert not ClaimMapping.objects.get(claim="roles").in_access_token


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"shoe_size": 42}, "There is no attribute shoe_size."),
        ({"roles": "analyst"}, "Roles has to be a list of texts."),
        ({"department": ["Finance"]}, "Department has to be a text."),
        (
            {"clearance": 2},
            "Clearance has to be one of: public, internal, confidential, secret.",
        ),
    ],
)
@pytest.mark.parametrize("record", [set_attributes, set_group_attributes])
def test_a_value_that_does_not_fit_is_refused_with_a_sentence(
    record: Any, values: dict[str, Any], sentence: str
) -> None:
    owner = make_person() if record is set_attributes else make_group("analysts")

    with pytest.raises(ValidationError) as caught:
        record(owner, values)

    assert caught.value.messages == [sentence]


def test_one_bad_value_records_none_of_them() -> None:
    person = make_person()

    with pytest.raises(ValidationError):
        set_attributes(person, {"department": "Finance", "clearance": "cosmic"})

    assert not PersonAttributes.objects.filter(person=person).exists()


def test_every_bad_value_is_named() -> None:
    with pytest.raises(ValidationError) as caught:
        set_attributes(make_person(), {"shoe_size": 42, "clearance": "cosmic"})

    assert len(caught.value.messages) == 2


def test_values_not_given_stay_and_none_removes() -> None:
    person = make_person()
    set_attributes(person, {"department": "Finance", "roles": ["analyst"]})

    set_attributes(person, {"department": None, "clearance": "secret"})

    assert PersonAttributes.objects.get(person=person).values == {
        "roles": ["analyst"],
        "clearance": "secret",
    }
