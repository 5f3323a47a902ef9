"""Tables that PostgreSQL keeps in partitions by time, so that what is over goes by dropping one.

```
functions.py   functions of the database: how they are put in place, and found changed
bodies.py      what ours say: make partitions ahead, drop those that nothing in them is needed of
migrating.py   a table that Django has just created becomes a partitioned one
reading.py     what partitions there are
table.py       one declaration for each table; the list of all of them
```

SQLite has one plain table and the same models: none of this does anything there.
"""
