"""Prints every pattern that the extraction package compiles, with the place in the code that compiles it.

Run as a program in a fresh interpreter, so that the patterns of modules are seen as well as those that are built from
the vocabularies.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
import sys
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGE = REPOSITORY / "funding" / "extraction"


def collect() -> list[dict[str, Any]]:
    """Compile all there is by importing every module and reading every sample in every language."""
    found: dict[tuple[str, int, str, int], None] = {}
    compile_pattern = re._compile  # type: ignore[attr-defined]

    def record(pattern: Any, flags: int) -> re.Pattern[str]:
        compiled: re.Pattern[str] = compile_pattern(pattern, flags)
        frame = sys._getframe(2)
        path = Path(frame.f_code.co_filename)
        if path.is_relative_to(PACKAGE):
            found[path.name, frame.f_lineno, compiled.pattern, compiled.flags] = None
        return compiled

    re._compile = record  # type: ignore[attr-defined]
    package = importlib.import_module("funding.extraction")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"funding.extraction.{module.name}")
    texts = [path.read_text("utf-8") for path in sorted((REPOSITORY / "funding" / "samples").rglob("*.txt"))]
    for code in sys.modules["funding.extraction.vocabulary"].languages():
        for text in texts:
            package.extract(text, language=code)
    return [dict(zip(("file", "line", "pattern", "flags"), key, strict=True)) for key in found]


if __name__ == "__main__":
    sys.path.insert(0, str(REPOSITORY))
    json.dump(collect(), sys.stdout)
