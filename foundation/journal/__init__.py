"""The journal: every act once, in a chain that cannot be edited unnoticed.

```
record   acts are written in the transaction that they tell of, without any lock   recording.py
link     acts that have been committed get their place in the chain                linking.py
heads    the end of the chain is signed and exported                                heads.py
verify   everything is checked against everything                                   verify.py
inspect  single acts are checked as they are shown                                  inspection.py
erase    the personal part goes, the act and the chain stay                         erase.py
archive  old rows go to a file behind a signed seal                                 archive.py
```
"""
