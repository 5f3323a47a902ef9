import pytest
from tests.admin.test_browser_records import *
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_shots(chromium, live_server, grant, scheme, viewport):
    with chromium.new_context(locale="en", color_scheme=scheme, viewport=viewport) as context:
        page = context.new_page()
        errors=[]
        page.on("console", lambda m: errors.append(m.text) if m.type in ("error","warning") else None)
        for n, path in enumerate(visit_all(page, live_server.url, grant)):
            page.wait_for_timeout(300)
            page.screenshot(path=f"/tmp/shots/{n}-{viewport['width']}-{scheme}.png", full_page=True)
            found = Axe().run(page)
            w = page.evaluate("document.documentElement.scrollWidth")
            print("AXE", path, viewport['width'], scheme, w, [(v["id"], [x["html"][:140] for x in v["nodes"]][:4], len(v["nodes"])) for v in found.response["violations"]])
        print("CONSOLE", set(errors))
