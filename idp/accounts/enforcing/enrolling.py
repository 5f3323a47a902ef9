"""Whether somebody whose sign-in owes a factor may add it there and then."""

from foundation.base import conf
from foundation.directory.sign_in import SignIn


def may_enrol(sign_in: SignIn | None) -> bool:
    """Say whether policy lets them, and nothing is doubtful about their sign-in."""
    return conf.current().enrol_on_the_way and sign_in is not None and sign_in.may_change_factors
