"""How unusual a session is: a score from 0 to 100, made of parts that a person understands.

```
moment    what is known of one session at one moment, and of the past          moment.py
parts     one pure function each: how far does it apply, and in which words     parts/
score     points x weight, added up                                             scoring.py
rules     weights and thresholds, kept in process                               rules.py
assess    read the past, score, write the assessment down                       services.py
state     what the browser session remembers of it                              state.py
```

Who ends sessions and shows pages is `idp.accounts`; docs/risk.md explains the figures.
"""
