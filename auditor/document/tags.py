"""HTML in Markdown: tags and comments blanked, character references decoded, at the same length."""

import html
import re

from auditor.document.edits import blank

# An attribute without a value is one of HTML's own: `a <b and c> d` is a comparison, not a tag.
_ATTRIBUTE = (
    r"(?:\s+(?:[A-Za-z_:@][\w:.@-]*\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'=<>`]+)"
    r"|(?:open|disabled|checked|nowrap|hidden|controls|autoplay|loop|muted|reversed|async|defer|required|selected"
    r"|readonly|multiple|allowfullscreen|itemscope)(?=[\s/>])))"
)
_TAG = re.compile(rf"<[A-Za-z][A-Za-z0-9-]*{_ATTRIBUTE}*\s*/?>|</[A-Za-z][A-Za-z0-9-]*\s*>|<!--?-?>")
_BLOCK_MARKUP = re.compile(
    r"<!--.*?(?:-->|\Z)|<(?P<raw>script|style)\b.*?(?:</(?P=raw)\s*>|\Z)|<[A-Za-z/!?][^<>]*>|&#?\w{1,31};",
    re.DOTALL | re.IGNORECASE,
)
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_SUPERSCRIPT = re.compile(r"<sup>(\s*[-+−]?(?:\d+(?:\.\d+)?|[A-Za-z])\s*)</sup>", re.IGNORECASE)


def tag_end(content: str, start: int) -> int | None:
    """Where the tag (or empty comment) that starts at `start` ends; None where there is none."""
    if tag := _TAG.match(content, start):
        return tag.end()
    return None


def superscript(content: str, start: int) -> re.Match[str] | None:
    """A `<sup>` element whose content (group 1) is an exponent."""
    return _SUPERSCRIPT.match(content, start)


def character_reference(content: str, start: int) -> tuple[int, str] | None:
    """End and meaning of a character reference such as `&times;`; None where there is none."""
    match = _REFERENCE.match(content, start)
    if match is None:
        return None
    meaning = html.unescape(match[0])
    if meaning == match[0] or meaning.endswith(";") or len(meaning) > len(match[0]):
        return None
    return match.end(), meaning.rjust(len(match[0]))


def _block_markup(match: re.Match[str]) -> str:
    if match[0].startswith("&"):
        reference = character_reference(match[0], 0)
        return reference[1] if reference else match[0]
    return blank(match[0])


def text_of_block(content: str) -> str:
    """The content of an HTML block without its tags, comments, scripts and styles."""
    return _BLOCK_MARKUP.sub(_block_markup, content)
