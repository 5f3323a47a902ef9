"""The WSGI application."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "idp.settings")
django = get_wsgi_application()

from idp.checks import refuse_to_start  # noqa: E402 - needs the apps
from idp.whole_bodies import WholeBodies  # noqa: E402 - needs the settings

application = WholeBodies(django)

refuse_to_start()
