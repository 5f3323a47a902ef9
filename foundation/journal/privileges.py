"""What the provider's own role may do to the tables of the history on PostgreSQL.

It writes acts, links them and raises the head. Removing rows behind a seal and erasing are done by
the owner, with `archive_history` and `erase_history_of`. Without TRIGGER and without owning the
tables, nobody with the provider's password drops a trigger or puts one of their own in place.
"""

from collections.abc import Mapping

PRIVILEGES: Mapping[str, str] = {
    "journal_act": "SELECT, INSERT, UPDATE (number, hash, mac)",
    "journal_personalpart": "SELECT, INSERT",
    "journal_chainhead": "SELECT, INSERT, UPDATE (number, hash)",
    "journal_segment": "SELECT",
    "journal_change": "SELECT, INSERT, DELETE",
}
