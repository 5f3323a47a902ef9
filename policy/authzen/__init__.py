"""OpenID AuthZEN Authorization API 1.0: one audience's policy, asked over HTTP.

```
evaluation.py    one question, with what is known here of its subject
evaluations.py   several of them, and when to stop
search.py        for which subjects, resources or actions the answer would be yes
```

Who may ask, and how that is said in HTTP, is `idp.endpoints.resource_servers.authzen`.
"""
