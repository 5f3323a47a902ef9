"""The parts of django-oauth-toolkit and oauthlib that we replace."""
