"""Evaluation reports as tables for the terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.table import Table

from bot.evaluation.nlu import NluReport
from bot.evaluation.objections import ObjectionsReport
from bot.evaluation.policy import Mistake, PolicyReport, Rates
from bot.evaluation.practice import PracticeReport


def nlu_tables(report: NluReport) -> Iterator[Table]:
    """Overall figures, figures by intent, the commonest confusions, reliability, and accuracy by group if asked for."""
    overall = Table("指标", "值", title="总体")
    overall.add_row("准确率", f"{report.accuracy:.3f}")
    overall.add_row("宏平均 F1", f"{report.macro_f1:.3f}")
    overall.add_row("会反问的比例", f"{report.fallbacks:.3f}")
    overall.add_row("认错的句子里会反问的比例", f"{report.wrong_asked:.3f}")
    overall.add_row("多余的反问", f"{report.needless:.3f}")
    overall.add_row("把握与实际之差（ECE）", f"{report.calibration_error:.3f}")
    latency = "、".join(f"{name} {value:.1f}" for name, value in report.latency_ms.items())
    overall.add_row("每句毫秒", latency)
    yield overall
    intents = Table("意图", "精确率", "召回率", "F1", "句数", title="按意图（F1 从低到高）")
    for name, scores in sorted(report.per_intent.items(), key=lambda item: item[1].f1):
        figures = (f"{value:.2f}" for value in (scores.precision, scores.recall, scores.f1))
        intents.add_row(name, *figures, str(scores.lines))
    yield intents
    confusions = Table("应为", "认成", "次数", title="最常见的混淆")
    for right, found, times in report.confusions:
        confusions.add_row(right, found, str(times))
    yield confusions
    reliability = Table("把握", "句数", "平均把握", "准确率", title="把握是否可信")
    for tenth in report.reliability:
        within = f"{tenth.lower:.1f}–{tenth.lower + 0.1:.1f}"
        reliability.add_row(within, str(tenth.lines), f"{tenth.confidence:.2f}", f"{tenth.accuracy:.2f}")
    yield reliability
    if report.by:
        groups = Table("分组", "准确率", title="按组")
        for value, accuracy in report.by.items():
            groups.add_row(value, f"{accuracy:.3f}")
        yield groups


def objections_table(report: ObjectionsReport) -> Table:
    """How often several objections in a message are all found, and one is taken for several."""
    table = Table("指标", "值", title="一句话里的几层异议")
    table.add_row(f"几层异议的句子（{report.several} 句）：全部认出且顺序对", f"{report.exact:.3f}")
    table.add_row("只认出一层", f"{report.missed:.3f}")
    table.add_row(f"只有一层的句子（{report.single} 句）：误拆成几层", f"{report.split:.3f}")
    return table


def policy_tables(report: PolicyReport) -> Iterator[Table]:
    """Figures overall and by code, then the false alarms and the misses."""
    figures = Table("", "精确率", "召回率", "F1", "句数", title="不许说的话")
    _rates_row(figures, "有没有违规", report.overall)
    for code, rates in report.per_code.items():
        _rates_row(figures, code, rates)
    yield figures
    latency = Table("每句毫秒", "值")
    for name, value in report.latency_ms.items():
        latency.add_row(name, f"{value:.1f}")
    yield latency
    yield _mistakes("误报：合规却报了", "报成", [(mistake, mistake.found) for mistake in report.false_alarms])
    yield _mistakes("漏报：违规却没报", "应报", [(mistake, mistake.right) for mistake in report.misses])


def _rates_row(table: Table, name: str, rates: Rates) -> None:
    table.add_row(name, *(f"{value:.3f}" for value in (rates.precision, rates.recall, rates.f1)), str(rates.sentences))


def _mistakes(title: str, heading: str, mistakes: list[tuple[Mistake, tuple[str, ...]]]) -> Table:
    table = Table("句子", heading, title=f"{title}（{len(mistakes)} 句）")
    for mistake, codes in mistakes:
        table.add_row(mistake.text, "、".join(codes))
    return table


def practice_tables(report: PracticeReport) -> Iterator[Table]:
    """Agreement of machine and people by criterion and on the grade, then the largest disagreements."""
    criteria = Table("标准", "精确率", "召回率", "F1", "一致", title=f"对练打分（{report.lines} 条回答）")
    for name, rates in report.criteria.items():
        criteria.add_row(name, *(f"{rates[key]:.3f}" for key in ("precision", "recall", "f1", "agreement")))
    yield criteria
    overall = Table("总分", "值")
    overall.add_row("Spearman 相关", f"{report.spearman:.3f}")
    overall.add_row("加权 kappa", f"{report.kappa:.3f}")
    overall.add_row("每条毫秒", "、".join(f"{name} {value:.1f}" for name, value in report.latency_ms.items()))
    yield overall
    disagreements = Table("回答", "人", "机器", "不一致的标准", title="分歧最大的")
    for each in report.disagreements:
        disagreements.add_row(each.reply, str(each.right), str(each.found), "、".join(each.criteria))
    yield disagreements
