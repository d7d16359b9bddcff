"""Draws the picture of the READMEs from a real talk.

Run ``.venv/bin/python tools/picture.py`` while the assistant runs; needs Chromium and the font Noto Sans Mono CJK SC
(Debian: chromium, fonts-noto-cjk), whose Chinese characters are exactly two columns wide.
"""

from __future__ import annotations

import io
import re
import subprocess
import tempfile
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI

from bot.settings import PROJECT_ROOT, load_settings
from bot.terminal.client import Assistant
from bot.terminal.render import render

PICTURE = PROJECT_ROOT / "docs" / "images" / "chat.png"
TALK = ("客户说你们手续费太贵了", "KH100001能买澜石先锋股票吗")
COLUMNS = 96
PIXELS = (800, 940)
PAGE = """<!DOCTYPE html><meta charset="utf-8"><style>{stylesheet}
body {{ margin: 14px; background: {background}; color: {foreground}; }}
pre {{ font: 15px/1.45 "Noto Sans Mono CJK SC", monospace; margin: 0; }}</style><pre>{code}</pre>"""


def main() -> None:
    """Talk, render, and write the picture."""
    assistant = Assistant(load_settings(), "RM001")
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    for said in TALK:
        console.print(f"> {said}", style="bold")
        for block in assistant.send(said):
            console.print(render(block))
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as directory:
        page = Path(directory) / "chat.html"
        html = console.export_html(theme=MONOKAI, code_format=PAGE)
        # In this font a line character is as wide as a Chinese one.
        page.write_text(re.sub("─+", lambda run: "─" * (len(run.group()) // 2), html), "utf-8")
        _photograph(page, directory)


def _photograph(page: Path, profile: str) -> None:
    width, height = PIXELS
    command = [
        *("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"),
        *("--hide-scrollbars", f"--user-data-dir={profile}/profile", f"--window-size={width},{height}"),
        *(f"--screenshot={PICTURE}", page.as_uri()),
    ]
    subprocess.run(command, check=True, capture_output=True)


if __name__ == "__main__":
    main()
