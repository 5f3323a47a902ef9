"""The trigger that notes every use of a code or refresh token, on PostgreSQL and on SQLite.

What it noted is never changed, and goes when it is in the history.
"""

from dataclasses import replace

from foundation.journal.triggers.append_only import append_only
from foundation.journal.triggers.declared import Triggers, together

NAME = "minted_token_noted"
COLUMNS = "family, rotation, at, user_id, client_id, grant_id, scope, acr"
VALUES = (
    "NEW.token_family, NEW.rotations, COALESCE(NEW.rotated_at, NEW.redeemed_at), NEW.user_id, "
    "NEW.application_id, NEW.grant_id, NEW.scope, NEW.acr"
)
INSERT = f"INSERT INTO journal_mintedtoken ({COLUMNS}) VALUES ({VALUES});"  # noqa: S608 - constants
WHEN = "(OLD.redeemed_at IS NULL AND NEW.redeemed_at IS NOT NULL) OR NEW.rotations > OLD.rotations"
ON_UPDATE = f"{NAME} AFTER UPDATE OF redeemed_at, rotations ON idp_refreshtoken FOR EACH ROW"
NOTED = Triggers(
    tables=("idp_refreshtoken",),
    statements={
        "postgresql": {NAME: f"CREATE TRIGGER {ON_UPDATE} EXECUTE FUNCTION {NAME}()"},
        "sqlite": {NAME: f"CREATE TRIGGER {ON_UPDATE} WHEN {WHEN} BEGIN {INSERT} END"},
    },
    # The condition is in the body: PostgreSQL would write one in the trigger in its own words.
    functions={NAME: f"BEGIN IF {WHEN} THEN {INSERT} END IF; RETURN NULL; END"},
)
TRIGGERS = replace(
    together(
        NOTED,
        append_only("journal_mintedtoken", unless={"delete": "TRUE"}),
        without="tokens are issued without an act",
    ),
    refuses=False,
)
