"""The command `auditor`, also as `python -m auditor`."""

import gc
import sys

OBJECTS = 200_000
"""New objects after which cycles are looked for: the start and an audit make a hundred thousand and hardly a cycle."""


def main() -> None:
    """Run the command line and leave with its exit code."""
    gc.set_threshold(OBJECTS)
    try:
        from auditor.cli import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:
        print("auditor: interrupted", file=sys.stderr)  # noqa: T201 - click may not have been imported yet
        code = 130
    sys.exit(code)


if __name__ == "__main__":
    main()
