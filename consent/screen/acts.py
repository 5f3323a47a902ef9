"""The act of the consent screen being act_of_screen."""

from dataclasses import replace

from consent.asking.prompts import ConsentQuestions
from consent.grants.acts import entry
from consent.grants.decisions import Parties
from consent.models import ConsentRequest
from consent.screen.digest import digest_of
from consent.screen.rows import Screen
from foundation.journal.acts import Entry, Kind
from foundation.journal.context import DecisionContext


def act_of_screen(
    request: ConsentRequest, questions: ConsentQuestions, screen: Screen, context: DecisionContext
) -> Entry:
    """Return the act of the screen being shown: which texts, and the digest of all it said."""
    entries = [*questions.implicit, *(item.entry for item in questions.items)]
    grant_id = questions.grant.pk if questions.grant else None
    parties = Parties(request.user_id, request.client_id, grant_id)
    asked = [item.entry for item in questions.asked]
    return replace(
        entry(Kind.SHOWN, parties, " ".join(one.name for one in asked), context),
        text_version=asked[0].text_version if len(asked) == 1 else None,
        detail={
            "request": str(request.pk),
            "questions": questions.fingerprint,
            "texts": [[entry.name, entry.text_version] for entry in entries],
            **_digests(questions),
        },
        shown=digest_of(
            screen,
            application=request.client.name,
            locale=context.locale,
            details=[item.fingerprint for item in questions.details],
        ),
    )


def _digests(questions: ConsentQuestions) -> dict[str, object]:
    return {"details": [d.digest for d in questions.details]} if questions.details else {}
