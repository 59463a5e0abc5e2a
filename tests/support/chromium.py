"""Chromium on this machine."""

import shutil

from streams.local.errors import ToolMissingError


def find_chromium() -> str:
    """The path of Chromium or Chrome.

    Raises:
        ToolMissingError: this machine has none.
    """
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    raise ToolMissingError("Chromium is not installed: on Debian, `apt-get install chromium`")
