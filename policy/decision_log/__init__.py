"""The decision log: every denial, and a sample of the permits, each under a reference.

```
record      a decision is queued, and written when nobody waits for it    services.py, outbox.py
reduce      only what policies can see is kept, and nothing secret         reduction.py
keep        rows are appended, never changed, and go when their time is up triggers.py, retention.py
read        by reference, by search, as figures, as questions to ask again selectors.py, search.py
```
"""
