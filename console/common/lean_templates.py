"""The templates of the administration without the indentation of their lines.

Unfold indents its templates deeply: a fifth of the bytes of a page. It goes where a template is
read, which is once in the life of a process; line breaks stay, so errors name the right lines.
"""

import re

from django.template import Origin
from django.template.loaders import app_directories, filesystem

OF_THE_ADMINISTRATION = re.compile(r"(admin|unfold)/.*\.html")
INDENTATION = re.compile(
    r"(?P<kept>{% blocktrans.*?{% endblocktrans(?:late)? %}"
    r"|<(?P<tag>pre|textarea|script)\b.*?</(?P=tag)>)"
    r"|^[ \t]+",
    re.DOTALL | re.MULTILINE,
)
"""Not within what is looked up word for word, shown as it is written, or is a program."""


def without_indentation(text: str) -> str:
    """Return the text of a template of HTML without the white space that its lines begin with."""
    return INDENTATION.sub(lambda found: found["kept"] or "", text)


class Lean:
    """Reads a template; one of the administration without indentation."""

    def get_contents(self, origin: Origin) -> str:
        """Return the text of a template."""
        text: str = super().get_contents(origin)  # type: ignore[misc]
        if OF_THE_ADMINISTRATION.fullmatch(str(origin.template_name)):
            return without_indentation(text)
        return text


class Project(Lean, filesystem.Loader):
    """Reads the templates of the project."""


class Apps(Lean, app_directories.Loader):
    """Reads those that come with an installed app."""
