"""The sections of the admin: the sidebar and the start page."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

SECTIONS: tuple[tuple[Any, Any, tuple[tuple[str, str], ...]], ...] = (
    (
        _("People"),
        _("Who signs in, and what is recorded of them."),
        (
            ("directory.user", "person"),
            ("auth.group", "groups"),
            ("account.emailaddress", "mail"),
            ("usersessions.usersession", "devices"),
        ),
    ),
    (
        _("Risk"),
        _("What makes a sign-in unusual, and what that leads to."),
        (("directory.riskweight", "balance"), ("directory.riskthreshold", "shield_lock")),
    ),
    (
        _("Applications"),
        _("Who asks for tokens, and what the tokens would contain."),
        (("directory.client", "apps"), ("preview_token", "data_object")),
    ),
    (
        _("Scopes & claims"),
        _("What can be asked for, and which facts it releases."),
        (
            ("catalogue.scope", "checklist"),
            ("catalogue.authorizationdetailstype", "rule_settings"),
            ("claims.attribute", "label"),
            ("claims.claimmapping", "conversion_path"),
        ),
    ),
    (
        _("Consent"),
        _("What people have allowed and refused."),
        (
            ("consent.grant", "handshake"),
            ("consent.decision", "rule"),
            ("history", "history"),
            ("figures", "bar_chart"),
        ),
    ),
    (
        _("Approvals"),
        _("Who has to agree to single requests, and what became of them."),
        (
            ("approvals.approval", "task_alt"),
            ("approvals.approvalrule", "gavel"),
            ("catalogue.dataowner", "badge"),
            ("catalogue.sensitivitylabel", "shield"),
            ("approvals.delegation", "swap_horiz"),
            ("approvals.webhookendpoint", "webhook"),
        ),
    ),
    (
        _("Policy"),
        _("What decides on every call, and what a change would do."),
        (
            ("policy.policyset", "policy"),
            ("policy.policyversion", "difference"),
            ("policy.policycase", "fact_check"),
            ("policy.policyact", "manage_history"),
            ("policy_decisions", "policy_alert"),
            ("policy_denials", "bar_chart"),
        ),
    ),
    (
        _("Keys"),
        _("What tokens are signed with."),
        (("base.signingkey", "key"),),
    ),
)
"""The sidebar and the start page: title, sentence, pages with their Material symbols."""
TITLES = {"account.emailaddress": _("E-mail addresses"), "usersessions.usersession": _("Sessions")}
"""What other packages name in no language but English, or not as we do."""


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the sidebar: of every section what is registered and what the person may see."""
    pages = _pages(request)
    around = [page["link"] for page in pages.values() if request.path.startswith(page["link"])]
    here = max(around, key=len, default=None)  # a page below another is not that other one
    sections = [
        {
            "title": title,
            "sentence": sentence,
            "items": [
                {"icon": icon, "active": pages[name]["link"] == here, **pages[name]}
                for name, icon in names
                if name in pages
            ],
        }
        for title, sentence, names in SECTIONS
    ]
    return [section for section in sections if section["items"]]


def _pages(request: HttpRequest) -> dict[str, dict[str, Any]]:
    from django.contrib import admin

    from console.figures.page import may_see_figures
    from console.preview.page import may_preview
    from console.records.decision_pages import may_see_decisions
    from console.records.history import may_read

    pages = {
        (label := model["model"]._meta.label_lower): {  # noqa: SLF001
            "title": TITLES.get(label, model["name"]),
            "link": model["admin_url"],
        }
        for app in admin.site.get_app_list(request)
        for model in app["models"]
    }
    others = (
        ("preview_token", _("Preview token"), may_preview),
        ("history", _("History"), may_read),
        ("figures", _("Figures"), may_see_figures),
        ("policy_decisions", _("Policy decisions"), may_see_decisions),
        ("policy_denials", _("Denials by policy"), may_see_decisions),
    )
    for name, title, may_see in others:
        if may_see(request):
            pages[name] = {"title": title, "link": reverse(f"admin:{name}")}
    return pages
