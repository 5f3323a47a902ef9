"""What somebody proves with that it is them, beside the password: passkeys, codes, and their use.

The rows of factors are `allauth.mfa`'s; what may happen once only (a code, a challenge, a step of a
counter) is decided by one conditional statement here, not by a cache or a session.
"""
