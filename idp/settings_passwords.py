"""How passwords are stored, and which are taken; `idp.settings` takes all of it."""

PASSWORD_HASHERS = [
    "foundation.directory.passwords.hashers.Argon2id",
    "foundation.directory.passwords.hashers.Pbkdf2",
    "foundation.base.secrets.PepperedSecretHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
