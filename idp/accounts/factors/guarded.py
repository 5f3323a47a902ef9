"""What every page that changes a factor is guarded by."""

from allauth.account.decorators import reauthentication_required
from django.contrib.auth.decorators import login_required
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

changing = method_decorator(
    [never_cache, login_required, reauthentication_required(app="allauth.mfa")], name="dispatch"
)
"""Nobody changes a factor without having confirmed a moment ago that it is them."""
