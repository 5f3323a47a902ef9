"""Measuring what is served: requests over HTTP against processes that are pinned to one core."""
