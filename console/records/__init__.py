"""What administrators and auditors see of consent, and the one thing they may do: take it back.

```
records        lists over millions of rows: bounded counts, search by index   records.py
grants         what stands, and taking it back with a reason                  grants.py, revoking.py
decisions      what people answered, scope by scope                           decisions.py
approvals      what was asked for once, and revoking it                       approvals.py
pages          a filter, a list and an export that are of no table            listing.py
history        acts in order, each with what the chain says of it             history.py
changes        what was changed, since when and by whom                       changes.py
figures        how often people say no, how many consents a day               figures.py, charts.py
policy log     what policy decided, found, in full and in figures            decision_pages.py
export         the filtered rows as a stream, recorded as an act              export.py, columns.py
```
"""
