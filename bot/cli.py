"""The command ``huashu``: what engineers, trainers and CI do from the command line."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from sqlalchemy import func, select

from bot.errors import HuashuError
from bot.settings import load_settings

app = typer.Typer(no_args_is_help=True, add_completion=False, help="话术：客户经理的合规话术助手。")
corpus_app = typer.Typer(no_args_is_help=True, help="话术语料。")
import_app = typer.Typer(no_args_is_help=True, help="导入客户和产品。")
database_app = typer.Typer(no_args_is_help=True, help="数据库。")
evaluate_app = typer.Typer(no_args_is_help=True, help="用没有学过的句子评测。")
app.add_typer(evaluate_app, name="evaluate")
app.add_typer(corpus_app, name="corpus")
app.add_typer(import_app, name="import")
app.add_typer(database_app, name="database")

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

    corpus, lines = check_corpus(load_settings().corpus_dir)
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
    if as_json:
        _out.print_json(data=report.to_json())
    else:
        for table in nlu_tables(report):
            _out.print(table)


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
