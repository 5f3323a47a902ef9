"""Resetting how somebody signs in: asked for, told at once, slow, stopped by the person."""
