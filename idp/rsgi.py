"""What granian serves: `python -m idp.front`."""

from django.conf import settings

from idp.wsgi import application as site  # isort: skip - sets Django up

from foundation.base import conf
from foundation.base.logs.writer import lines
from idp.front.application import Front
from idp.front.bodies import Bodies
from idp.front.kinds import pool_of, pools_of

application = Front(
    site,
    pools=pools_of(conf.current()),
    pool_of=pool_of,
    bodies=Bodies(settings.DATA_UPLOAD_MAX_MEMORY_SIZE),
    at_start=lines.start,
)
