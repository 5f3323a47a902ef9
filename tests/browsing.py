"""Driving a browser without a race between a click and the page it leads to."""

from playwright.sync_api import Locator


def follow(control: Locator) -> None:
    """Click and wait until the page it leads to, redirects included, has loaded.

    A bare click returns while the old page may still be there, or none at all.
    """
    with control.page.expect_navigation(wait_until="load"):
        control.click()
