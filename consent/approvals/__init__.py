"""Query approvals: one request to do one thing once, put to the people who may allow it.

```
lodge     the request is stored, with what is demanded of whom      lodging.py, rules.py
vote      people say yes or no; enough yes approves, one no denies  voting.py, capacities.py
mint      the approval becomes one token                            use.py
consume   the token is used: exactly one wins                       use.py
report    what became of it                                         use.py
```

Every change of state is one line of `transitions.py`, executed as one conditional UPDATE together
with its act in the history. Nothing here knows OAuth.
"""
