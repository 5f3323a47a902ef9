"""The colours of the house, put over those of `static/css/tokens.css`."""

from foundation.base.house.colours import DARK, LIGHT, shades


def stylesheet(accent_light: str, accent_dark: str, selector: str = ":root") -> str:
    """Return the style sheet; both are `#rrggbb`.

    Within something other than `:root`, what tokens are made of is said anew: there they are
    what they are at the root.
    """
    light, dark = shades(accent_light, LIGHT), shades(accent_dark, DARK)
    said = {
        "--primary-300": dark.strong,
        "--primary-400": dark.accent,
        "--primary-600": light.accent,
        "--primary-700": light.strong,
        "--on-accent": f"light-dark({light.on}, {dark.on})",
        "--tint": f"light-dark({light.tint}, {dark.tint})",
    }
    if selector != ":root":
        said |= {
            "--accent": f"light-dark({light.accent}, {dark.accent})",
            "--accent-strong": f"light-dark({light.strong}, {dark.strong})",
            "--focus": "0 0 0 2px var(--surface), 0 0 0 5px var(--accent)",
        }
    lines = "".join(f"    {name}: {value};\n" for name, value in said.items())
    return f"@layer tokens {{\n  {selector} {{\n{lines}  }}\n}}\n"
