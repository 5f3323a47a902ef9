"""The Celery application: background work, on Redis or on files in DATA_DIR."""

import os
import threading
from typing import Any

import structlog
from celery import Celery, Task, bootsteps, signals
from celery.beat import Service
from celery.schedules import crontab
from click import Option
from django.conf import settings
from django.db import close_old_connections

from idp import file_queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "idp.settings")
file_queue.install()
log = structlog.get_logger(__name__)
PAUSE = 5.0
"""Seconds until what sends the tasks is started again, after it could not go on."""


class DatabaseTask(Task):
    """A task that knows what time it is, on a connection that works, by one configuration."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run it."""
        from foundation.base.configuration.one import one_configuration

        with one_configuration():
            return super().__call__(*args, **kwargs)

    def before_start(self, *args: Any, **kwargs: Any) -> None:
        """Part with connections that broke, and look at the epoch: it brings the clock along."""
        from foundation.base.configuration.epoch import current_epoch

        close_old_connections()
        current_epoch()


class BeatThread(bootsteps.StartStopStep):
    """`celery worker --beat-thread`: sends what is due, from a thread of the worker.

    `--beat` does so from a process of its own, which holds everything that the worker holds.
    """

    def __init__(self, worker: Any, beat_thread: bool = False, **kwargs: Any) -> None:
        super().__init__(worker, **kwargs)
        self.enabled = beat_thread
        self._ends = threading.Event()
        self._service: Service | None = None

    def start(self, worker: Any) -> None:
        """Begin."""
        threading.Thread(target=self._run, args=[worker.app], name="beat", daemon=True).start()

    def stop(self, worker: Any) -> None:
        """Send nothing more."""
        self._ends.set()
        if self._service is not None:
            self._service.stop()

    def _run(self, app: Celery) -> None:
        app.set_current()
        while not self._ends.is_set():
            try:
                self._service = Service(app, max_interval=1, remote_control=False)
                self._service.start()
            except Exception:
                # Otherwise nothing would be due any more, and nobody would notice.
                log.exception("beat_failed")
                self._ends.wait(PAUSE)


app = Celery("idp", task_cls=DatabaseTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(BeatThread)
app.user_options["worker"].add(Option(["--beat-thread"], is_flag=True, help=BeatThread.__doc__))
# The worker keeps its connections: what it gives back, web processes might not leave to it again.
app.conf["CELERY_DB_REUSE_MAX"] = 1_000_000
# What waits for somebody outside has a queue of its own, and so workers of its own.
app.conf.task_routes = {
    f"idp.tasks.{name}": {"queue": "outgoing"}
    for name in (
        "deliver_notices",
        "post_webhooks",
        "ping_clients",
        "synchronise_directories",
        "run_directories",
    )
}
# Hourly, although keys rotate over months: a run that was missed is made up for soon.
app.conf.beat_schedule = {
    "rotate-keys": {"task": "idp.tasks.rotate_keys", "schedule": crontab(minute="7")},
    "clear-expired": {"task": "idp.tasks.clear_expired", "schedule": crontab(minute="37")},
    # What ended counts for nothing at once; this tidies up, and tells resource servers.
    "end-what-is-due": {
        "task": "idp.tasks.end_what_is_due",
        "schedule": 60.0,
        "options": {"expires": 60.0},
    },
    "import-people": {
        "task": "idp.tasks.import_people",
        "schedule": 5.0,
        "options": {"expires": 5.0},
    },
    "keep-figures": {"task": "idp.tasks.keep_figures", "schedule": crontab(minute="17")},
    # Whoever decides links at once; this is for the rest. Late messages would only repeat it.
    "keep-history": {
        "task": "idp.tasks.keep_history",
        "schedule": 5.0,
        "options": {"expires": 5.0},
    },
    # What ran out is refused at once; this writes it down, and tells whoever waits.
    "settle-approvals": {
        "task": "idp.tasks.settle_approvals",
        "schedule": 10.0,
        "options": {"expires": 10.0},
    },
    "reset-sign-ins": {"task": "idp.tasks.reset_sign_ins", "schedule": crontab(minute="*")},
    "deliver-notices": {
        "task": "idp.tasks.deliver_notices",
        "schedule": 5.0,
        "options": {"expires": 5.0},
    },
    "post-webhooks": {
        "task": "idp.tasks.post_webhooks",
        "schedule": 5.0,
        "options": {"expires": 5.0},
    },
    "ping-clients": {
        "task": "idp.tasks.ping_clients",
        "schedule": 2.0,
        "options": {"expires": 2.0},
    },
    "synchronise-directories": {
        "task": "idp.tasks.synchronise_directories",
        "schedule": crontab(minute="47"),
    },
    "run-directories": {
        "task": "idp.tasks.run_directories",
        "schedule": 5.0,
        "options": {"expires": 5.0},
    },
    "export-history-head": {
        "task": "idp.tasks.export_history_head",
        "schedule": crontab(minute="*/5"),
    },
}


def keep_our_logging(**kwargs: Any) -> None:
    """Stop Celery from replacing the log configuration of the settings."""


def prepare(**kwargs: Any) -> None:  # noqa: ARG001
    """Refuse insecure settings, and create the folders that carry messages without Redis."""
    from foundation.base import patience
    from idp.checks import refuse_to_start

    patience.become(patience.WORKER)
    refuse_to_start()
    if not settings.REDIS_URL:
        (settings.QUEUE_DIR / "control").mkdir(parents=True, exist_ok=True)


signals.setup_logging.connect(keep_our_logging)
signals.celeryd_init.connect(prepare)
signals.beat_init.connect(prepare)
