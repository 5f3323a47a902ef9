"""Signing in on a device that has no browser (RFC 8628).

```
codes      what the person types, and how it is read                  codes.py
lodge      the device asks; nobody is meant yet                       services.py
claim      somebody who is signed in has typed the code: it is theirs services.py
```

From then on it is a request like those of CIBA (`idp.backchannel`): the same consent screen, the
same sign-in that it takes, the same polling.
"""
