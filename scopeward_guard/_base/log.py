"""The library's one logger."""

import logging

logger = logging.getLogger("scopeward_guard")
