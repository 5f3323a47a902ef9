"""The adapter: between the views of django-oauth-toolkit, oauthlib's endpoints and our own steps.

Inside are typed values. oauthlib's request is only read: what is learned of one stays with the
validator that was made for it.
"""
