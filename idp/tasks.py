"""What has to be done without anybody asking. Every task may run at any time, and twice at once."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

import consent.answering.services
import foundation.base.used_once
import foundation.directory.factors.remembered
import foundation.directory.risk.services
import foundation.journal.deny_list
import idp.accounts.invitations.services
import idp.accounts.ldap.runs
import idp.accounts.lives.ends
import idp.accounts.lives.importing
import idp.accounts.resets.services
import idp.backchannel.services
import idp.tokens.revocation
import idp.upstream.logging_out
import policy.decision_log.retention
from consent.approvals.notices import delivery
from consent.approvals.notices.delivery import Office, deliver_mail
from consent.approvals.use.ending import expire_due, settle_unknown
from consent.grants.expiry import record_expired
from consent.grants.figures import ANSWERS, keep_standing
from foundation.base.clearing import delete_in_batches
from foundation.base.keys.ring import rotate_due_keys
from foundation.base.outgoing.errors import OutgoingError
from foundation.directory.sources.directories import directories_in_use, has_directories
from foundation.journal.acts import Actor, acting_as, export_head, link, record_changes
from foundation.journal.context import DecisionContext
from foundation.journal.triggers.history import PARTITIONS as MONTHS_OF_HISTORY
from idp.accounts.ldap.runs import PROGRAM, AtItAlreadyError
from idp.accounts.ldap.synchronising import run_waiting, synchronise
from idp.backchannel.ping import ping_due
from idp.celery import app
from idp.tokens.families.minting import record_minted
from policy.decision_log.denials import DENIALS

log = structlog.get_logger(__name__)

_mailing, _posting, _pinging = threading.Lock(), threading.Lock(), threading.Lock()
_importing = threading.Lock()


@contextmanager
def _alone(lock: threading.Lock) -> Iterator[bool]:
    """Say whether nobody else in this process is at it: who waits outside holds one thread."""
    acquired = lock.acquire(blocking=False)
    try:
        yield acquired
    finally:
        if acquired:
            lock.release()


@app.task(name="idp.tasks.rotate_keys")
def rotate_keys() -> None:
    """Announce, activate and retire the signing keys that are due."""
    log.info("keys_rotated", done=rotate_due_keys())


@app.task(name="idp.tasks.clear_expired")
def clear_expired() -> None:
    """Delete tokens, requests and sessions that can never count again."""
    deleted = idp.tokens.revocation.clear_expired()
    deleted["deny_list_entries"] = foundation.journal.deny_list.clear_expired()
    deleted["backchannel_requests"] = idp.backchannel.services.clear_expired(timezone.now())
    deleted |= foundation.directory.risk.services.clear_expired(timezone.now())
    deleted["upstream_sessions"] = idp.upstream.logging_out.clear_expired(timezone.now())
    deleted["used_once"] = foundation.base.used_once.clear_expired(timezone.now())
    deleted["invitations"] = idp.accounts.invitations.services.clear_expired(timezone.now())
    deleted["imports"] = idp.accounts.lives.importing.clear_expired(timezone.now())
    deleted["directory_runs"] = idp.accounts.ldap.runs.clear_old(timezone.now())
    deleted["remembered_devices"] = foundation.directory.factors.remembered.clear_expired(
        timezone.now()
    )
    deleted["sign_in_resets"] = idp.accounts.resets.services.clear_expired(timezone.now())
    deleted["consent_requests"] = consent.answering.services.clear_expired()
    deleted |= policy.decision_log.retention.prune()
    MONTHS_OF_HISTORY.make(connection)
    over = Session.objects.filter(expire_date__lt=timezone.now())
    deleted["sessions"] = delete_in_batches(over, by="expire_date")
    log.info("expired_cleared", deleted=deleted)


@app.task(name="idp.tasks.end_what_is_due")
def end_what_is_due() -> None:
    """Tidy up after people and memberships whose end has come; they count for nothing by then."""
    with acting_as(DecisionContext(actor=Actor.SYSTEM, program="end_what_is_due")):
        log.info("ended", done=idp.accounts.lives.ends.end_what_is_due(timezone.now()))


@app.task(name="idp.tasks.import_people")
def import_people() -> None:
    """Try, or write, the next rows of the files of people that wait for it."""
    with _alone(_importing) as alone:
        if alone and (batches := idp.accounts.lives.importing.import_waiting(timezone.now())):
            log.info("people_imported", batches=batches)


@app.task(name="idp.tasks.keep_figures")
def keep_figures() -> None:
    """Count what the days that are over had, each once."""
    days = {series.name: series.keep() for series in (ANSWERS, DENIALS)}
    keep_standing()
    log.info("figures_kept", days=days)


@app.task(name="idp.tasks.keep_history")
def keep_history() -> None:
    """Record what nobody was there for, and link what is recorded into the chain."""
    record_minted()
    record_changes()
    record_expired()
    link()


@app.task(name="idp.tasks.settle_approvals")
def settle_approvals() -> None:
    """Write down what has expired, and what nobody reported the outcome of."""
    expire_due()
    settle_unknown()


@app.task(name="idp.tasks.reset_sign_ins")
def reset_sign_ins() -> None:
    """Do the resets that nobody has stopped in time."""
    if done := idp.accounts.resets.services.do_due(timezone.now()):
        log.info("sign_ins_reset", done=done)


@app.task(name="idp.tasks.deliver_notices")
def deliver_notices() -> None:
    """Send the e-mails that are due."""
    with _alone(_mailing) as alone:
        if alone:
            deliver_mail(Office(settings.ISSUER))


@app.task(name="idp.tasks.post_webhooks")
def post_webhooks() -> None:
    """Send the posts to webhooks that are due."""
    with _alone(_posting) as alone:
        if alone:
            delivery.post_webhooks(Office(settings.ISSUER, settings.OUTGOING))


@app.task(name="idp.tasks.ping_clients")
def ping_clients() -> None:
    """Tell clients that their requests without a browser have been answered (CIBA Core §10.2)."""
    with _alone(_pinging) as alone:
        if alone:
            ping_due(settings.OUTGOING)


@app.task(name="idp.tasks.synchronise_directories")
def synchronise_directories() -> None:
    """Bring the people of LDAP directories up to date; one that is away is tried again later."""
    for directory in directories_in_use():
        try:
            with acting_as(DecisionContext(actor=Actor.SYSTEM, program=PROGRAM)):
                report = synchronise(directory)
        except (OutgoingError, AtItAlreadyError) as error:
            log.warning("directory_not_read", directory=directory.pk, error=type(error).__name__)
        else:
            log.info("directory_read", directory=directory.pk, counts=dict(report.counts))


@app.task(name="idp.tasks.run_directories")
def run_directories() -> None:
    """Synchronise the directories that an administrator, or a worker that was killed, left to do.

    Costs nothing where there is no directory.
    """
    if has_directories():
        for run in run_waiting():
            log.info("directory_run", directory=run.directory_id, run=str(run.pk))


@app.task(name="idp.tasks.export_history_head")
def export_history_head() -> None:
    """Sign the end of the chain, append it to the day's file, and say it in the log."""
    head = export_head()
    if head is not None:
        log.info("history_head", number=head.number, hash=head.hash)
