"""The administration: people, applications, keys, and the preview of tokens.

Importing this package registers nothing, because the site itself is in it; `idp.admin.apps` does.
"""
