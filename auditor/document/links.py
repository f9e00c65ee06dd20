"""Where links, addresses and footnote references end."""

import re

AUTOLINK = re.compile(
    r"<(?:[A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*|[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,253})>"
)
FOOTNOTE = re.compile(r"\[\^[^\]\s\[]+\]")

_ANGLE_DESTINATION = re.compile(r"<((?:[^<>\n\\]|\\.)*)>")
_PLAIN_DESTINATION = re.compile(r"[^\s()\\]+|\\\S|[()]|\\")
_TITLE = re.compile(r"\s+(?:\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|\((?:[^()\\]|\\.)*\))", re.DOTALL)
_SPACE = re.compile(r"\s*")
_URL = re.compile(r"[^\s<>\[\]`\"]*")
_SCHEME = re.compile(r"(?<![A-Za-z])(?:https?|ftp|ssh|git|file|hdfs|s3|gs)\Z", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z0-9._+-]+\Z")
_HOST = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}(?![\w])")
_DEEPEST_PARENTHESES = 32


def normalize_label(label: str) -> str:
    """A link label in the form in which labels are compared."""
    return " ".join(label.split()).lower().upper()


def resource(content: str, start: int) -> tuple[int, tuple[int, int] | None] | None:
    """The end and the destination of `(destination "title")` at `start`; None where there is none."""
    if not content.startswith("(", start):
        return None
    begin = _end(_SPACE, content, start + 1)
    if angle := _ANGLE_DESTINATION.match(content, begin):
        destination, stop = angle.span(1), angle.end()
    elif content.startswith("<", begin):
        return None
    else:
        stop = _plain_destination(content, begin)
        destination = begin, stop
        if stop < 0:
            return None
    if title := _TITLE.match(content, stop):
        stop = title.end()
    stop = _end(_SPACE, content, stop)
    if not content.startswith(")", stop):
        return None
    return stop + 1, destination if destination[0] < destination[1] else None


def _end(pattern: re.Pattern[str], content: str, start: int) -> int:
    match = pattern.match(content, start)
    return match.end() if match else start


def _plain_destination(content: str, start: int) -> int:
    """The end of a destination without angle brackets, parentheses balanced; -1 where they nest too deeply."""
    depth = 0
    position = start
    while part := _PLAIN_DESTINATION.match(content, position):
        if part[0] == "(":
            depth += 1
            if depth > _DEEPEST_PARENTHESES:
                return -1
        elif part[0] == ")":
            if not depth:
                break
            depth -= 1
        position = part.end()
    return position


def has_url(content: str) -> bool:
    """Whether there may be a bare URL in it."""
    return "://" in content or "www." in content


def scheme_start(content: str, mark: int) -> int | None:
    """Where the URL starts whose `://` or `www.` is at `mark`; None where the scheme is none of the usual ones."""
    if content[mark] != ":":
        return mark
    scheme = _SCHEME.search(content[max(0, mark - 6) : mark])
    return mark - len(scheme[0]) if scheme else None


def url_end(content: str, start: int) -> int:
    """The end of a bare URL, of which `content[:start]` has been read; punctuation after it does not belong to it."""
    end = _end(_URL, content, start)
    unmatched = content.count(")", start, end) - content.count("(", start, end)
    while end > start:
        last = content[end - 1]
        if last == ")" and unmatched > 0:
            unmatched -= 1
        elif last not in "?!.,:;*_~'|":
            break
        end -= 1
    return end


def email_at(content: str, at: int) -> tuple[int, int] | None:
    """Start and end of the e-mail address around the `@` at offset `at`; None where there is none."""
    host = _HOST.match(content, at + 1)
    name = _NAME.search(content[max(0, at - 64) : at])
    if host is None or name is None:
        return None
    return at - len(name[0]), host.end()
