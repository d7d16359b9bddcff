"""The command ``huashu``: what engineers, trainers and CI do from the command line."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import func, select

from bot.errors import HuashuError
from bot.settings import load_settings

if TYPE_CHECKING:
    from bot.corpus.model import Corpus
    from bot.policy.checker import PhraseChecker

app = typer.Typer(no_args_is_help=True, add_completion=False, help="话术：客户经理的合规话术助手。")
corpus_app = typer.Typer(no_args_is_help=True, help="话术语料。")
import_app = typer.Typer(no_args_is_help=True, help="导入客户和产品。")
suitability_app = typer.Typer(no_args_is_help=True, help="适当性判断。")
audit_app = typer.Typer(no_args_is_help=True, help="审计记录。")
policy_app = typer.Typer(no_args_is_help=True, help="不许说的话。")
database_app = typer.Typer(no_args_is_help=True, help="数据库。")
evaluate_app = typer.Typer(no_args_is_help=True, help="用没有学过的句子评测。")
app.add_typer(evaluate_app, name="evaluate")
app.add_typer(corpus_app, name="corpus")
app.add_typer(import_app, name="import")
app.add_typer(database_app, name="database")
app.add_typer(policy_app, name="policy")
app.add_typer(suitability_app, name="suitability")
app.add_typer(audit_app, name="audit")

_out = Console()
_err = Console(stderr=True)
FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="CSV（UTF-8）或 xlsx 文件。")]


def _plainly(command: Callable[..., None]) -> Callable[..., None]:
    """Turn our errors into one message on standard error and exit status 1."""

    @wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except HuashuError as error:
            _err.print(f"[{error.code}] {error.message}", style="red", markup=False, highlight=False, soft_wrap=True)
            raise typer.Exit(1) from error

    return wrapped


@app.command()
@_plainly
def run() -> None:
    """准备好一切并启动助手，按 Ctrl-C 结束。"""
    from bot.launch.run import run as run_assistant

    raise typer.Exit(run_assistant(load_settings(), _prepare_database))


@app.command()
@_plainly
def train() -> None:
    """没有与语料和配置一致的模型时训练一个。"""
    from bot.launch.run import train_if_needed

    train_if_needed(load_settings())
    _out.print("模型与当前语料和配置一致。")


@app.command()
@_plainly
def chat(
    manager: Annotated[str, typer.Option(help="客户经理工号。")] = "RM001",
) -> None:
    """在终端里和正在运行的助手对话。"""
    from bot.terminal.session import run_chat

    run_chat(load_settings(), manager)


@corpus_app.command("check")
@_plainly
def corpus_check() -> None:
    """检查全部语料：格式、审批、引用、重复、不许说的话。"""
    from bot.policy.corpus_check import check_corpus

    settings = load_settings()
    corpus, lines = check_corpus(settings.corpus_dir, settings.models_dir)
    scripts = sum(1 for _ in corpus.scripts())
    _out.print(f"语料没有问题：{scripts} 条话术，{len(corpus.answers)} 条政策问答，{len(lines)} 句例句。")


@evaluate_app.command("nlu")
@_plainly
def evaluate_nlu(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="JSON Lines：text、intent。")],
    by: Annotated[str | None, typer.Option(help="再按这个键分组报告准确率。")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="只输出一个 JSON 对象。")] = False,
    plot: Annotated[
        Path | None, typer.Option(help="把混淆矩阵和把握的可信度画成图，存到这个 .png、.svg 或 .pdf。")
    ] = None,
) -> None:
    """评测意图识别。"""
    from bot.evaluation.nlu import evaluate
    from bot.evaluation.tables import nlu_tables
    from bot.model_files import verified_intent_model

    if plot is not None:
        from bot.evaluation.pictures import check_format, draw_nlu

        check_format(plot)  # told at once, not after the measuring
    report = evaluate(verified_intent_model(load_settings()), file, by)
    if plot is not None:
        draw_nlu(report, plot)
    _print_report(report.to_json(), nlu_tables(report), as_json)


@evaluate_app.command("objections")
@_plainly
def evaluate_objections(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="JSON Lines：text、intents（按先后）。")],
) -> None:
    """评测一句话里有几层异议时，是否都认出来。"""
    from bot.evaluation.objections import evaluate_objections as evaluate
    from bot.evaluation.tables import objections_table
    from bot.model_files import verified_intent_model

    _out.print(objections_table(evaluate(verified_intent_model(load_settings()), file)))


@evaluate_app.command("policy")
@_plainly
def evaluate_policy(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="JSON Lines：text、violations（代码，没有违规写 []）。")],
    as_json: Annotated[bool, typer.Option("--json", help="只输出一个 JSON 对象。")] = False,
) -> None:
    """评测不许说的话查得准不准。"""
    from bot.evaluation.policy import evaluate_policy as evaluate
    from bot.evaluation.tables import policy_tables

    report = evaluate(_corpus_and_checker()[1], file)
    _print_report(report.to_json(), policy_tables(report), as_json)


@evaluate_app.command("practice")
@_plainly
def evaluate_practice(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="JSON Lines：客户的话、回答和人的打分。")],
    as_json: Annotated[bool, typer.Option("--json", help="只输出一个 JSON 对象。")] = False,
) -> None:
    """评测对练打分和人打的分差多少。"""
    from bot.evaluation.practice import evaluate
    from bot.evaluation.tables import practice_tables
    from bot.practice.learning import trained_model
    from bot.practice.scoring import Scene, Scorer

    settings, (corpus, checker) = load_settings(), _corpus_and_checker()
    if corpus.practice is None:
        raise HuashuError("E108", corpus.wording["practice_missing"])
    model = trained_model(corpus, corpus.practice, settings.models_dir)
    scorer = Scorer(corpus, corpus.practice, model, checker)
    report = evaluate(scorer, file, Scene(settings.date_today()), list(corpus.objections))
    _print_report(report.to_json(), practice_tables(report), as_json)


def _print_report(data: dict[str, Any], tables: Iterable[Table], as_json: bool) -> None:
    if as_json:
        _out.print_json(data=data)
    else:
        for table in tables:
            _out.print(table)


@policy_app.command("test")
@_plainly
def policy_test() -> None:
    """用例句检验全部规则：该查出的查出，该放过的放过。"""
    from bot.corpus.problems import CorpusError
    from bot.policy.self_test import failures

    _, checker = _corpus_and_checker()
    if problems := failures(checker):
        raise CorpusError(problems, "E107")
    rules = checker.catalogue.rules.values()
    counts = sum(len(rule.caught) for rule in rules), sum(len(rule.passes) for rule in rules)
    _out.print(f"{len(rules)} 类规则没有问题：{counts[0]} 句都查出，{counts[1]} 句都放过。")


@policy_app.command("show")
@_plainly
def policy_show(
    code: Annotated[str, typer.Argument(help="代码，如 guarantee。")],
    pattern: Annotated[str, typer.Argument(help="表达式编号，如 no_loss；不写就看由例句学来的判断。")] = "",
) -> None:
    """一条规则在例句和全部话术、问答、例句里都查出了什么。"""
    from bot.policy.self_test import caught_by, known_pattern, texts_of_corpus

    corpus, checker = _corpus_and_checker()
    known_pattern(checker, code, pattern)
    found = caught_by(checker, code, pattern, texts_of_corpus(checker, corpus, load_settings().corpus_dir))
    for place, span in found:
        _out.print(f"{place.path.name}:{place.line}  {place.text}  → {span}", markup=False, highlight=False)
    _out.print(f"共查出 {len(found)} 处。")


def _corpus_and_checker() -> tuple[Corpus, PhraseChecker]:
    from bot.corpus.loading import load_corpus
    from bot.policy.corpus_check import checker_of

    settings = load_settings()
    corpus = load_corpus(settings.corpus_dir)
    return corpus, checker_of(settings.corpus_dir, corpus, settings.models_dir)


def _yuan(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation as error:
        raise typer.BadParameter(f"{text} 不是金额。") from error
    if not (amount.is_finite() and amount > 0):
        raise typer.BadParameter(f"{text} 不是大于零的金额。")
    return amount


@suitability_app.command("explain")
@_plainly
def suitability_explain(
    client: Annotated[str, typer.Argument(metavar="CLIENT", help="客户编号，如 KH100001。")],
    product: Annotated[str, typer.Argument(metavar="PRODUCT", help="产品代码、名称或简称。")],
    amount: Annotated[Decimal | None, typer.Option(parser=_yuan, metavar="YUAN", help="金额（元）。")] = None,
) -> None:
    """逐条列出这位客户能不能买这只产品的每项规则。"""
    from bot.reports import decision_tables, explain

    for table in decision_tables(explain(load_settings(), client, product, amount)):
        _out.print(table)


@suitability_app.command("matrix")
@_plainly
def suitability_matrix(
    file: Annotated[Path | None, typer.Option("--output", help="存成这个 xlsx 或 csv 文件，供合规签署。")] = None,
) -> None:
    """各类产品、各等级客户能不能推荐的总表。"""
    from bot.reports import matrix_rows, matrix_table, write_rows

    rows = matrix_rows(load_settings())
    if file is None:
        _out.print(matrix_table(rows))
    else:
        write_rows(file, rows)
        _out.print(f"已存到 {file}。", markup=False, highlight=False, soft_wrap=True)


@audit_app.command("verify")
@_plainly
def audit_verify() -> None:
    """从头核对审计记录：有没有被改、缺失或乱序。"""
    from bot.reports import audit_log

    problems = list(audit_log(load_settings()).problems())
    for problem in problems:
        _err.print(f"[{problem.code}] {problem.message}", style="red", markup=False, highlight=False, soft_wrap=True)
    if problems:
        raise typer.Exit(1)
    _out.print("审计记录完整，没有改动、缺失或乱序。")


@audit_app.command("export")
@_plainly
def audit_export(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="存成这个 xlsx 或 csv 文件。")],
    since: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="从这一天起。")],
    until: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="到这一天止（含）。")],
) -> None:
    """导出一段日期的审计记录。"""
    from bot.reports import audit_log, audit_rows, write_rows

    rows = audit_rows(audit_log(load_settings()), since.date(), until.date())
    write_rows(file, rows)
    _out.print(f"已把 {len(rows) - 1} 条存到 {file}。", markup=False, highlight=False, soft_wrap=True)


@database_app.command("prepare")
@_plainly
def database_prepare() -> None:
    """建库或升级，空库时导入虚构的演示数据。"""
    _prepare_database()


def _prepare_database() -> None:
    from bot.store.database import engine_for, session_factory, upgrade
    from bot.store.models import Client, Product

    settings = load_settings()
    upgrade(settings.database_url)
    with session_factory(engine_for(settings.database_url))() as session:
        rows = [session.scalar(select(func.count()).select_from(table)) for table in (Client, Product)]
    if not any(rows):
        _import("products", settings.corpus_dir / "demo" / "products.csv")
        _import("clients", settings.corpus_dir / "demo" / "clients.csv")


@import_app.command("clients")
@_plainly
def import_clients_command(file: FileArgument) -> None:
    """导入客户；有一行不对就一行也不导入。"""
    _import("clients", file)


@import_app.command("products")
@_plainly
def import_products_command(file: FileArgument) -> None:
    """导入产品；有一行不对就一行也不导入。"""
    _import("products", file)


def _import(kind: str, file: Path) -> None:
    from bot.store.database import engine_for, session_factory, upgrade
    from bot.store.imports import import_clients, import_products

    settings = load_settings()
    upgrade(settings.database_url)
    with session_factory(engine_for(settings.database_url)).begin() as session:
        if kind == "products":
            report, assessments = import_products(session, file), ""
        else:
            report = import_clients(session, file, today=settings.date_today())
            assessments = f"，新增评估 {report.assessments_added}"
    _out.print(f"{file.name}：新增 {report.added}，更新 {report.updated}{assessments}。")


def main() -> None:
    """Entry point that also serves ``python -m bot.cli``."""
    app()


if __name__ == "__main__":
    sys.exit(app())
