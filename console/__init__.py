"""Every page of administrators and auditors, and the commands of operators.

Importing this package registers nothing, because the site itself is in it; `console.apps` does.
"""
