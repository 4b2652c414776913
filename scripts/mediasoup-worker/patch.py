"""Changes the worker's sources so that they build with Debian's libraries.

usage: patch.py WORKER_SOURCES
"""

import pathlib
import re
import sys


def change(path, changes):
    """Applies (pattern, replacement) pairs, each of which must match exactly once."""
    text = path.read_text()
    for pattern, replacement in changes:
        text, count = re.subn(pattern, lambda _: replacement, text, flags=re.DOTALL)
        if count != 1:
            sys.exit(f"{path}: {count} matches instead of 1 for {pattern}")
    path.write_text(text)


sources = pathlib.Path(sys.argv[1])

# Only the program is wanted: no library, no tests, nothing linked as a whole.
change(
    sources / "meson.build",
    [
        (r"meson_version: '>= [0-9.]+'", "meson_version: '>= 1.0.0'"),
        (r"catch2_proj = subproject\(.*?\n\)\n", ""),
        (r"link_whole = \[.*?\n\]\n", "link_whole = []\n"),
        (r"libmediasoup_worker = library\(.*?\n\)\n", ""),
        (r"\ntest_sources = \[.*", "\n"),
    ],
)

# Debian's OpenSSL can do TLS in the kernel and asks the worker's BIO whether it
# does. The worker's callback answers 1 to every question, so OpenSSL allocates
# no write buffer, and crashes at the first ServerHello. The callback has to
# pass the real answer through.
change(
    sources / "src/RTC/DtlsTransport.cpp",
    [(r"\(operationType == BIO_CB_RETURN\) \?", "(operationType & BIO_CB_RETURN) ?")],
)
