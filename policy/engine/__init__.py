"""Writing policy, without Django: validation, test cases, comparison.

Deciding is done by `scopeward_guard.cedar`, in guards and here alike.
"""
