"""People and groups from elsewhere: made, changed and ended here with where each fact comes from.

Directories and SCIM say *what* there is (`facts`); this room is the only one that writes it. Who
does it is said around a call: `acting_as`. Three rules stand here, whoever asks: nobody who was
made here or comes from elsewhere is taken over; nobody gets power over this provider by a group
that an administrator did not name; and who is gone there loses access in the same transaction.
"""
