"""Requirements that hold for anything at all."""
