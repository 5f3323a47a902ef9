"""The site as a WSGI application. `idp.front` reads requests and calls it."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "idp.settings")
pages = get_wsgi_application()

from django.conf import settings  # noqa: E402 - needs the settings
from django.db import connections  # noqa: E402 - needs the settings

from foundation.base import patience  # noqa: E402 - needs the settings
from idp.checks import refuse_to_start  # noqa: E402 - needs the apps
from idp.web.documents import prepare_all  # noqa: E402 - needs the apps
from idp.web.machines.application import Machines  # noqa: E402 - needs the apps
from idp.web.machines.site import Site  # noqa: E402 - needs the apps

application = Site(Machines(behind_proxy=settings.BEHIND_PROXY, logs=settings.ACCESS_LOG), pages)
patience.become(patience.WEB)
refuse_to_start()
# The checks may have left a connection that is closed; and threads have connections of their own.
connections.close_all()
prepare_all()
connections.close_all()
