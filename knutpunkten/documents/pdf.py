"""Documents as PDF: archivable (PDF/A-2b) and accessible (PDF/UA-1), by typst.

The data travels as JSON beside the template, never as part of its source, so no text can become typst code.
"""

import json
import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import typst

from knutpunkten.documents.glyphs import FONTS, drawable, has_undrawn

TEMPLATES = Path(__file__).parent / "templates" / "typst"
DOCUMENTS = ("remiss", "konsultationsremiss", "samtycke", "plan", "slutdokumentation", "kontrakt")

# The compiler remembers the parts of its last ten or so runs, some 50 MB of case data in a web worker.
# It forgets by counting runs, so a few empty ones (well under a millisecond each) make it forget at once.
_RUNS_TO_FORGET = 3
# One compiler serves the process, and it is not made for two threads at once.
_one_at_a_time = threading.Lock()


def render(template_name: str, data: Mapping[str, Any]) -> bytes:
    """The document `template_name` (one of DOCUMENTS) as PDF. `data` is its shape in shapes.py.

    Text may be anything, of any length: what no font can draw becomes □, and the document says so.
    Raises ValueError for an unknown document, typst.TypstError where `data` lacks something of its shape.
    """
    if template_name not in DOCUMENTS:
        raise ValueError(f"no document called {template_name!r}")
    printable = _printable(data)
    as_json = json.dumps(printable | {"unprintable": False}, ensure_ascii=False)
    if has_undrawn(as_json):
        as_json = json.dumps(printable | {"unprintable": True}, ensure_ascii=False)
    with _one_at_a_time:
        pdf = compiler().compile(
            input=TEMPLATES / f"{template_name}.typ",
            format="pdf",
            sys_inputs={"data": as_json},
            pdf_standards=["a-2b", "ua-1"],
        )
        for _ in range(_RUNS_TO_FORGET):
            compiler().compile(input=b"", format="pdf")
    assert isinstance(pdf, bytes)  # a list is only given for images, a page each
    return pdf


@cache
def compiler() -> typst.Compiler:
    """The process's compiler: sees the templates' folder and the shipped fonts, nothing else."""
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])
    return typst.Compiler(root=TEMPLATES, font_paths=fonts, ignore_system_fonts=True)


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return drawable(value)
    if isinstance(value, Mapping):
        return {key: _printable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(item) for item in value]
    return value
