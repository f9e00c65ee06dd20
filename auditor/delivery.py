"""What `auditor fix` writes, shows and says of the corrections of a document."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from auditor.files import Source, replace_document
from auditor.session import Session, complain, write_stdout

if TYPE_CHECKING:
    from auditor.diagnose.apply import Correction
    from auditor.model import Finding


def deliver(source: Source, correction: Correction, *, diff: bool, only_check: bool) -> None:
    """Write or show the corrected document. Raises FileError, and then nothing is changed."""
    text = correction.report.text
    if diff:
        write_stdout(unified_diff(source, text).encode("utf-8"))
    elif source.path is None and not only_check:
        write_stdout(source.encode(text))
    else:
        if text != source.text and not only_check:
            replace_document(source, text)
        lines = (
            f"{source.name}:{item.line}: {item.before} → {item.after} ({item.rule})" for item in correction.changes
        )
        write_stdout("".join(f"{line}\n" for line in lines).encode("utf-8"))


def tell_refused(session: Session, source: Source, finding: Finding) -> None:
    """Say that a fix was left out: an unsafe one may well be wrong, a safe one never."""
    from auditor.model import Safety

    what = f"{source.name}: the fix for {finding.rule} would have made another number wrong and was left out"
    if finding.fix is not None and finding.fix.safety is Safety.UNSAFE:
        complain(f"{what}: {finding.message}")
    else:
        session.complain(f"{what}; this is a bug of auditor, please report it: {finding.message}")


def closing_line(corrections: Sequence[Correction], *, only_check: bool) -> str:
    """How much was put right, and what is left to the reader."""
    from auditor.model import Safety, Severity

    changed = sum(len(item.changes) for item in corrections)
    left = [
        finding for item in corrections for finding in item.report.findings if finding.severity is not Severity.INFO
    ]
    unsafe = sum(finding.fix is not None and finding.fix.safety is Safety.UNSAFE for finding in left)
    numbers = "1 number" if changed == 1 else f"{changed} numbers"
    parts = [f"{numbers} {'to correct' if only_check else 'corrected'}"]
    if left:
        parts.append(f"{len(left)} finding{'s' * (len(left) != 1)} left, see auditor check")
    if unsafe:
        parts.append(f"{unsafe} with an unsafe fix, see --diff --unsafe")
    return "; ".join(parts)


def unified_diff(source: Source, text: str) -> str:
    """The change as `patch -p0` takes it; "" if there is none."""
    before, after = (
        re.findall(r"[^\n]*\n|[^\n]+", data.decode("utf-8")) for data in (source.data, source.encode(text))
    )
    lines = difflib.unified_diff(before, after, source.name, source.name)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
