"""What the pages of an approval cost, however it stands and whoever looks at it."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from foundation.directory.models import Client, User
from tests.approvals.page_states import make_scene, standings
from tests.budgets import statements

MOST_STATEMENTS = 12


def test_no_page_of_any_state_takes_more_than_twelve_statements(client: Client, ada: User) -> None:
    scene, over = make_scene(client, ada), {}
    for _page, browser, path in scene.pages():
        browser.get(path)  # configuration is read now and then, not on each page
    for name, columns in standings().items():
        scene.stand(**columns)
        for page, browser, path in scene.pages():
            with CaptureQueriesContext(connection) as asked:
                assert browser.get(path).status_code == 200
            if len(found := statements(asked)) > MOST_STATEMENTS:
                over[f"{page}, {name}"] = found

    assert over == {}
