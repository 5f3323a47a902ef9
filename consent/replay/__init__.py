"""The state that decides, held against the acts that led to it.

The chain proves what was written into the history. Whether grants, decisions, approvals and people
standing in are what the acts made of them is another question: each part here replays the acts of
one kind of row, and names every row that disagrees.

```
grants.py       what tokens may carry      decisions.py    the newest word of a person
approvals.py    one thing, once, votes     delegations.py  who stands in for whom
signatures.py   what people signed with their own keys; `signed_now.py` looks at these alone,
                `gaps.py` at what the seals say of archives that are not at hand,
                `demanding.py` at where a signature was wanted at the time

Configuration, of every table that decides: foundation/journal/changes/replaying.py
```
"""

from consent.replay.replaying import Replay
from consent.replay.signed_now import signatures_checked

__all__ = ["Replay", "signatures_checked"]
