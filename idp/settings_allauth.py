"""How people sign in, as far as it is the same everywhere; `idp.settings` takes all of it."""

ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
ACCOUNT_ADAPTER = "idp.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "idp.accounts.forms.LoginForm",
    "reauthenticate": "idp.accounts.forms.ReauthenticateForm",
    "reset_password": "idp.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "idp.accounts.forms.ResetPasswordKeyForm",
    "change_password": "idp.accounts.forms.ChangePasswordForm",
    "set_password": "idp.accounts.forms.SetPasswordForm",
    "add_email": "idp.accounts.forms.AddEmailForm",
}
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = False
ACCOUNT_PREVENT_ENUMERATION = True
# Signed-in people are re-authenticated on this page too (prompt=login): it must not send them on.
ACCOUNT_AUTHENTICATED_LOGIN_REDIRECTS = False
# The pages of factors are ours (idp/accounts/factors): allauth keeps the rows and leads to them.
MFA_ADAPTER = "idp.accounts.factors.authenticator_apps.Adapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn"]
USERSESSIONS_TRACK_ACTIVITY = True
USERSESSIONS_ADAPTER = "idp.accounts.browser_sessions.sessions.UserSessionsAdapter"

# How passwords are stored, and which are taken.
PASSWORD_HASHERS = [
    "foundation.directory.passwords.hashers.Argon2id",
    "foundation.directory.passwords.hashers.Pbkdf2",
    "foundation.base.secrets.PepperedSecretHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"foundation.directory.passwords.rules.{name}"}
    for name in ("LongEnough", "NotKnown", "NotOfTheContext")
]
