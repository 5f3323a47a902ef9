"""The scopes every installation starts with; administrators may change all but their names.

What they release is not said here: the standard ones go by OIDC Core §5.4, those of roles,
department, projects and clearance by claim mappings.
"""

from typing import Any

from claims.catalogue.models import ScopeCard, ScopePolicy

DEFAULT_SCOPES: dict[str, dict[str, Any]] = {
    "openid": {
        "title": "Sign-in",
        "sentence": "Know that it is you, by an identifier that says nothing else about you.",
        "translations": {
            "de": {
                "title": "Anmeldung",
                "sentence": "Erkennen, dass Sie es sind: an einer Kennung, die sonst nichts über "
                "Sie verrät.",
            }
        },
        "policy": ScopePolicy.IMPLICIT,
    },
    "profile": {
        "title": "Profile",
        "sentence": "See your name and the other details of your profile.",
        "translations": {
            "de": {
                "title": "Profil",
                "sentence": "Ihren Namen und die übrigen Angaben Ihres Profils sehen.",
            }
        },
    },
    "email": {
        "title": "E-mail address",
        "sentence": "See your e-mail address.",
        "translations": {
            "de": {"title": "E-Mail-Adresse", "sentence": "Ihre E-Mail-Adresse sehen."}
        },
    },
    "phone": {
        "title": "Phone number",
        "sentence": "See your phone number.",
        "translations": {"de": {"title": "Telefonnummer", "sentence": "Ihre Telefonnummer sehen."}},
    },
    "address": {
        "title": "Postal address",
        "sentence": "See your postal address.",
        "translations": {"de": {"title": "Postanschrift", "sentence": "Ihre Postanschrift sehen."}},
    },
    "roles": {
        "title": "Roles",
        "sentence": "See which roles you have.",
        "translations": {"de": {"title": "Rollen", "sentence": "Sehen, welche Rollen Sie haben."}},
    },
    "department": {
        "title": "Department",
        "sentence": "See which department you belong to.",
        "translations": {
            "de": {"title": "Abteilung", "sentence": "Sehen, zu welcher Abteilung Sie gehören."}
        },
    },
    "projects": {
        "title": "Projects",
        "sentence": "See which projects you work on.",
        "translations": {
            "de": {"title": "Projekte", "sentence": "Sehen, an welchen Projekten Sie arbeiten."}
        },
    },
    "clearance": {
        "title": "Clearance",
        "sentence": "See how high your clearance is.",
        "translations": {
            "de": {"title": "Freigabestufe", "sentence": "Sehen, welche Freigabestufe Sie haben."}
        },
        "policy": ScopePolicy.EMPHASISED,
    },
    "offline_access": {
        "title": "Staying connected",
        "sentence": "Stay connected when you are not there.",
        "translations": {
            "de": {
                "title": "Verbunden bleiben",
                "sentence": "Verbunden bleiben, auch wenn Sie nicht da sind.",
            }
        },
        "card": ScopeCard.ACCESS,
    },
    "grant_management_query": {
        "title": "Own grants: read",
        "sentence": "Read what people have granted to this very application.",
        "translations": {
            "de": {
                "title": "Eigene Freigaben: lesen",
                "sentence": "Lesen, was Menschen eben dieser Anwendung freigegeben haben.",
            }
        },
        "card": ScopeCard.ACCESS,
        "policy": ScopePolicy.CLIENT,
    },
    "grant_management_revoke": {
        "title": "Own grants: give back",
        "sentence": "Give back what people have granted to this very application.",
        "translations": {
            "de": {
                "title": "Eigene Freigaben: zurückgeben",
                "sentence": "Zurückgeben, was Menschen eben dieser Anwendung freigegeben haben.",
            }
        },
        "card": ScopeCard.ACCESS,
        "policy": ScopePolicy.CLIENT,
    },
}
