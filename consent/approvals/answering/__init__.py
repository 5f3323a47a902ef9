"""Details inside a consent request: asked with it, answered with it."""
