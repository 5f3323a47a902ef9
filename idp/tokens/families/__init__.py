"""Token families: all that one authorization gave, its codes and refresh tokens."""
