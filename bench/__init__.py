"""Programs that measure and drill; each says at its top what it does and how it is called."""
