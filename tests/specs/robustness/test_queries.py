"""The query of an authorization request is read as Django reads every other."""

import pytest
from django.core.exceptions import TooManyFieldsSent
from django.test import RequestFactory

from idp.web.parameters import query_lists

QUERIES = [
    "",
    "a=1&b=2&a=3",
    "a=&b&=c&&d=%20+%2B",
    "a=%C3%A4&b=%FF%fe&c=%",
    "a=1;b=2",
    "a=%00&%61=2",
    "a==1&b=a%3Db&c=a=b",
    "\u00e4=\u00f6",
    "a=\u20ac&b=%E2%82%AC",
]


@pytest.mark.parametrize("charset", ["", "utf-8", "latin-1"])
@pytest.mark.parametrize("query", QUERIES)
def test_it_is_what_django_reads(query: str, charset: str) -> None:
    request = RequestFactory().get("/authorize", QUERY_STRING=query.encode().decode("latin-1"))
    if charset:
        request.encoding = charset

    assert list(query_lists(request)) == list(request.GET.lists())


@pytest.mark.parametrize("query", ["&".join(f"a{n}=1" for n in range(1_001)), "a=1&" * 1_001])
def test_too_many_are_refused(query: str) -> None:
    request = RequestFactory().get("/authorize", QUERY_STRING=query)

    with pytest.raises(TooManyFieldsSent):
        query_lists(request)
