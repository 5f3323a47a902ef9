"""The outbox: what people, systems and clients are told, written with what happened, sent after it.

```
entry                the columns of whatever waits to be sent              entry.py
deliver_due          one take-up, one doubling pause, one giving up         delivery.py
Channel              mail, webhook, ping: how one of them is brought        delivery.py
signed               the headers of a post that its receiver can verify     standard_webhooks.py
```
"""
