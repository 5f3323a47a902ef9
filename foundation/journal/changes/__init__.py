"""Changes of what decides about access, from the statement that makes one to the act it becomes.

```
acting      who is at work here                                        acting.py
noted       triggers note each change of a declared table              watching.py
told        a note in words: which row, which fields, before, after    telling.py
recorded    notes become acts                                          recording_changes.py
read        acts about an object, changes since a moment               selectors.py
replayed    the state, held against the acts                           replaying.py
```
"""
