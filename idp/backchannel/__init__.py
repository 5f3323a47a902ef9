"""Asking without a browser (CIBA Core): a program asks, a person answers wherever they are.

```
parse      what the program sent, as text                       request.py
check      everything that may be wrong with it                 checks.py, binding_message.py
whom       the person that the hint means                       hints.py
lodge      the consent request is opened, the person is told    services.py
visit      the person comes, signed in as it takes              visiting.py
outcome    where it stands: waiting, refused, over, granted      outcome.py
ping       the client is told to ask now                        ping.py
```

The answer is fetched at the token endpoint, by `idp.grants.ciba`. A client that may ask for itself
sends no hint: then there is no person, and approvers answer.
"""
