"""Tokens for what a person has answered somewhere else: asked without a browser, or by a device."""
