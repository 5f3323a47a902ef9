"""Every page of administrators and auditors, and the commands of operators.

One convention holds for all of them (docs/administration.md, "How its pages are built"):

```
a kind of object        ObjectAdmin, with its timeline         common/object_admin.py
a page about one        ObjectPage in the admin's `pages`      common/pages.py
a page of the site      SitePage, views put `at` it            common/pages.py
records of no table     RecordPage: filter, list, export       records/listing.py
records of a table      RecordAdmin: the same over an admin    records/records.py
an act, asked first     Confirmation, reason_form              common/confirmation.py
where it is listed      Place                                  site/navigation.py
```

Importing this package registers nothing, because the site itself is in it; `console.apps` does.
"""
