"""scim2-tester, the conformance suite of the python-scim project, against what is served."""

from typing import Any

import pytest
from scim2_client.engines.wsgi import WSGISCIMClient
from scim2_tester import Status, check_server

from foundation.base import conf
from idp.web.machines.site import Site
from tests.served import machines

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def no_pages(environ: Any, start_response: Any) -> Any:
    raise AssertionError("a page answers a program")


@pytest.mark.spec("RFC 7644", "3")
@pytest.mark.spec("RFC 7643", "4")
def test_the_conformance_suite_finds_nothing(scim_token: str) -> None:
    client = WSGISCIMClient(
        Site(machines(), no_pages),
        base_url=conf.current().issuer + "/scim/v2",
        headers={"Authorization": f"Bearer {scim_token}"},
    )
    client.discover()
    results = check_server(client)
    failed = [
        f"{each.title}: {each.reason}"
        for each in results
        if each.status in {Status.ERROR, Status.CRITICAL}
    ]
    assert len(results) > 50
    assert not failed, "\n".join(failed)
