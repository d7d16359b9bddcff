"""Evaluation reports as pictures."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bot.errors import HuashuError
from bot.evaluation.nlu import NluReport

FORMATS = (".png", ".svg", ".pdf")

# The first of these that the machine has; without any, the few words on the picture are English.
_CHINESE_FONTS = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "PingFang SC",
    "Microsoft YaHei",
    "WenQuanYi Micro Hei",
    "SimHei",
)
_WORDS = {
    "right": ("应为", "right"),
    "found": ("认成", "found"),
    "matrix": ("混淆矩阵（句数）", "Confusion matrix (lines)"),
    "reliability": ("把握是否可信", "Reliability"),
    "confidence": ("把握", "confidence"),
    "accuracy": ("准确率", "accuracy"),
}


def draw_nlu(report: NluReport, path: Path) -> None:
    """Draw the confusion matrix and the reliability of the confidences.

    Args:
        report: what was measured.
        path: where to write; the ending chooses the format.

    Raises:
        HuashuError: E505 when the ending is unknown or the file can't be written.
    """
    check_format(path)
    chinese = next((name for name in _CHINESE_FONTS if _has_font(name)), None)
    words = {key: both[0 if chinese else 1] for key, both in _WORDS.items()}
    with mpl.rc_context({"font.family": [chinese or "sans-serif"], "svg.fonttype": "path"}):
        side = 4 + 0.28 * len(report.names)
        figure = Figure(figsize=(side + 5, side), layout="constrained")
        matrix, reliability = figure.subplots(1, 2, width_ratios=[side, 5])
        _draw_matrix(matrix, report, words)
        _draw_reliability(reliability, report, words)
        try:
            figure.savefig(path, dpi=110)
        except OSError as error:
            raise HuashuError("E505", f"图片 {path} 写不了。请检查目录是否存在、有没有权限。") from error


def check_format(path: Path) -> None:
    """Refuse a picture that can't be drawn.

    Raises:
        HuashuError: E505 when the ending is none of `FORMATS`.
    """
    if path.suffix.lower() not in FORMATS:
        raise HuashuError("E505", f"图片 {path} 的后缀不认识。请用 {'、'.join(FORMATS)} 之一。")


def _has_font(name: str) -> bool:
    return any(font.name == name for font in font_manager.fontManager.ttflist)


def _draw_matrix(axes: Axes, report: NluReport, words: dict[str, str]) -> None:
    shares = report.matrix / np.maximum(1, report.matrix.sum(axis=1, keepdims=True))
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for (row, column), lines in np.ndenumerate(report.matrix):
        if lines:
            ink = "white" if shares[row, column] > 0.5 else "firebrick" if row != column else "black"
            axes.text(column, row, str(lines), ha="center", va="center", fontsize=7, color=ink)
    places = range(len(report.names))
    axes.set_xticks(places, report.names, rotation=90, fontsize=8)
    axes.set_yticks(places, report.names, fontsize=8)
    axes.set(xlabel=words["found"], ylabel=words["right"], title=words["matrix"])


def _draw_reliability(axes: Axes, report: NluReport, words: dict[str, str]) -> None:
    centres = [tenth.lower + 0.05 for tenth in report.reliability]
    axes.bar(centres, [tenth.accuracy for tenth in report.reliability], width=0.09, color="steelblue")
    for centre, tenth in zip(centres, report.reliability, strict=True):
        axes.text(centre, tenth.accuracy + 0.01, str(tenth.lines), ha="center", fontsize=8)
    axes.plot([0, 1], [0, 1], color="grey", linestyle="--", linewidth=1)
    title = f"{words['reliability']}（ECE {report.calibration_error:.3f}）"
    axes.set(xlim=(0, 1), ylim=(0, 1.06), xlabel=words["confidence"], ylabel=words["accuracy"], title=title)
    axes.set_box_aspect(1)
