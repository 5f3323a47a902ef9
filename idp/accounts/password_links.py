"""Links by which people choose their password themselves, mailed for an administrator."""

from allauth.account.adapter import get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.http import HttpRequest

from foundation.directory.models import User
from idp.accounts.letters import post_letter


def mail_password_link(request: HttpRequest, person: User) -> None:
    """Mail the person a link to choose a password; it works once, as every such link does."""
    key = f"{user_pk_to_url_str(person)}-{default_token_generator.make_token(person)}"
    link = get_adapter(request).get_reset_password_from_key_url(key)
    post_letter("password_link", person, [person.email], link=link)
