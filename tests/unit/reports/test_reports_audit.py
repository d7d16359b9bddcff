"""``huashu audit``: every tampering is told with its number, and an export holds the days asked for, safe to open."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import openpyxl
import pytest
from conftest import Command

from bot.audit.log import GENESIS, AuditLog, Record
from bot.store.database import engine_for, upgrade

HEADINGS = ["序号", "时间（UTC）", "会话", "客户经理", "种类", "内容", "上一条哈希", "本条哈希"]
ENTRIES = 5
COMPLETE = "审计记录完整"


@pytest.fixture
def filled(database: Path) -> Path:
    """A log of five entries."""
    url = f"sqlite:///{database}"
    upgrade(url)
    engine = engine_for(url)
    log = AuditLog(engine)
    for number in range(1, ENTRIES + 1):
        log.append(Record(f"web:{number}", "RM001", "answer", {"脚本": f"fees.{number}"}))
    engine.dispose()
    return database


def tamper(path: Path, *statements: str) -> None:
    """Edit the file as somebody with access to it can: with the triggers dropped."""
    with closing(sqlite3.connect(path)) as connection, connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)


def at(path: Path, moments: dict[int, str]) -> None:
    """Give entries the moments at which they were made."""
    tamper(path, *(f"UPDATE audit_entry SET at = '{moment}' WHERE seq = {seq}" for seq, moment in moments.items()))


def read_csv(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def read_xlsx(path: Path) -> list[list[str]]:
    book = openpyxl.load_workbook(path)
    assert len(book.worksheets) == 1
    return [
        ["" if cell is None else str(cell) for cell in row] for row in book.worksheets[0].iter_rows(values_only=True)
    ]


READ = {"csv": read_csv, "xlsx": read_xlsx}


def test_a_whole_log_is_told_to_be_complete(filled: Path, huashu: Command) -> None:
    result = huashu("audit", "verify")
    assert (result.exit_code, result.stderr) == (0, "")
    assert COMPLETE in result.stdout


def test_an_installation_without_a_database_gets_one_and_its_log_is_complete(database: Path, huashu: Command) -> None:
    result = huashu("audit", "verify")
    assert (result.exit_code, database.exists()) == (0, True)


@pytest.mark.parametrize(
    ("statements", "told"),
    [
        (["UPDATE audit_entry SET payload = '{}' WHERE seq = 2"], ["第 2 条的内容被改动过"]),
        (["UPDATE audit_entry SET manager_id = 'RM002' WHERE seq IN (1, 5)"], ["第 1 条的内容", "第 5 条的内容"]),
        (["DELETE FROM audit_entry WHERE seq = 3"], ["第 4 条接不上前一条"]),
        (["DELETE FROM audit_entry WHERE seq = 1"], ["第 2 条接不上前一条"]),
        (
            [
                "UPDATE audit_entry SET seq = 99 WHERE seq = 2",
                "UPDATE audit_entry SET seq = 2 WHERE seq = 3",
                "UPDATE audit_entry SET seq = 3 WHERE seq = 99",
            ],
            ["第 2 条接不上前一条", "第 3 条接不上前一条", "第 4 条接不上前一条"],
        ),
        (
            ["UPDATE audit_entry SET kind = 'x' WHERE seq = 1", "DELETE FROM audit_entry WHERE seq = 4"],
            ["第 1 条的内容被改动过", "第 5 条接不上前一条"],
        ),
    ],
)
def test_what_was_changed_removed_or_reordered_is_told_with_its_number(
    filled: Path, huashu: Command, statements: list[str], told: list[str]
) -> None:
    tamper(filled, *statements)
    result = huashu("audit", "verify")
    assert result.exit_code == 1
    assert COMPLETE not in result.stdout
    lines = result.stderr.splitlines()
    assert len(lines) == len(told)
    for line, words in zip(lines, told, strict=True):
        assert line.startswith("[E403]")
        assert words in line
        assert "保留现场" in line


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_an_export_holds_every_column_of_every_entry(
    filled: Path, huashu: Command, tmp_path: Path, ending: str
) -> None:
    at(filled, dict.fromkeys(range(1, ENTRIES + 1), "2026-11-24T08:00:00.000+00:00"))
    file = tmp_path / f"out.{ending}"
    result = huashu("audit", "export", file, "--from", "2026-11-24", "--to", "2026-11-24")
    assert (result.exit_code, f"已把 {ENTRIES} 条存到 {file}" in result.stdout) == (0, True)
    headings, *rows = READ[ending](file)
    assert headings == HEADINGS
    assert [row[0] for row in rows] == ["1", "2", "3", "4", "5"]
    assert rows[0][1:6] == ["2026-11-24T08:00:00.000+00:00", "web:1", "RM001", "answer", '{"脚本":"fees.1"}']
    assert rows[0][6] == GENESIS
    assert [row[6] for row in rows[1:]] == [row[7] for row in rows[:-1]]


MOMENTS = {
    1: "2026-11-22T23:59:59.999+00:00",
    2: "2026-11-23T00:00:00.000+00:00",
    3: "2026-11-23T23:59:59.999+00:00",
    4: "2026-11-24T00:00:00.000+00:00",
    5: "2026-11-25T12:00:00.000+00:00",
}


@pytest.mark.parametrize(
    ("since", "until", "numbers"),
    [
        ("2026-11-22", "2026-11-22", ["1"]),
        ("2026-11-23", "2026-11-23", ["2", "3"]),
        ("2026-11-23", "2026-11-24", ["2", "3", "4"]),
        ("2026-11-24", "2026-11-25", ["4", "5"]),
        ("2020-01-01", "9999-12-31", ["1", "2", "3", "4", "5"]),
        ("2026-11-26", "2026-11-30", []),
    ],
)
def test_both_days_of_the_span_are_within_it(
    filled: Path, huashu: Command, tmp_path: Path, since: str, until: str, numbers: list[str]
) -> None:
    at(filled, MOMENTS)
    file = tmp_path / "out.csv"
    result = huashu("audit", "export", file, "--from", since, "--to", until)
    assert result.exit_code == 0, result.output
    assert [row[0] for row in read_csv(file)] == ["序号", *numbers]
    assert f"已把 {len(numbers)} 条" in result.stdout


@pytest.mark.parametrize(
    ("since", "until"), [("2026-13-01", "2026-11-24"), ("2026-11-24", "24.11.2026"), ("gestern", "2026-11-24")]
)
def test_what_is_no_date_is_refused_before_anything_is_written(
    huashu: Command, tmp_path: Path, since: str, until: str
) -> None:
    file = tmp_path / "out.csv"
    result = huashu("audit", "export", file, "--from", since, "--to", until)
    assert (result.exit_code, file.exists()) == (2, False)


@pytest.mark.parametrize("missing", ["--from", "--to"])
def test_an_export_needs_both_ends(huashu: Command, tmp_path: Path, missing: str) -> None:
    options = {"--from": "2026-11-23", "--to": "2026-11-24"}
    given = [part for name, day in options.items() if name != missing for part in (name, day)]
    result = huashu("audit", "export", tmp_path / "out.csv", *given)
    assert result.exit_code == 2
    assert missing in result.stderr


def test_a_span_that_ends_before_it_begins_is_refused(filled: Path, huashu: Command, tmp_path: Path) -> None:
    file = tmp_path / "out.csv"
    result = huashu("audit", "export", file, "--from", "2026-11-24", "--to", "2026-11-23")
    assert (result.exit_code, file.exists()) == (1, False)
    assert result.stderr.startswith("[E506]")
    assert "2026-11-23 早于起始日 2026-11-24" in result.stderr


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r"])
def test_a_cell_that_a_spreadsheet_would_run_is_kept_as_text(
    database: Path, huashu: Command, tmp_path: Path, first: str, ending: str
) -> None:
    url = f"sqlite:///{database}"
    upgrade(url)
    engine = engine_for(url)
    typed = f'{first}HYPERLINK("http://example.com")'
    AuditLog(engine).append(Record(typed, "RM001", f"a{first}b", {}))
    engine.dispose()
    file = tmp_path / f"out.{ending}"
    assert huashu("audit", "export", file, "--from", "2000-01-01", "--to", "2999-12-31").exit_code == 0
    (_, row) = READ[ending](file)
    assert row[2].replace("\r", "\n") == f"'{typed}".replace("\r", "\n")  # a workbook knows one kind of line end
    assert row[4].startswith("a")  # only the beginning counts
    assert row[3] == "RM001"


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_file_that_exists_is_replaced_as_a_whole(filled: Path, huashu: Command, tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"out.{ending}"
    for until, count in (("2999-12-31", ENTRIES), ("2000-01-01", 0)):
        assert huashu("audit", "export", file, "--from", "2000-01-01", "--to", until).exit_code == 0
        assert len(READ[ending](file)) == 1 + count


def _directory(path: Path) -> None:
    path.mkdir()


def _full_disk(path: Path) -> None:
    path.symlink_to("/dev/full")


def _missing_folder(path: Path) -> None:
    path.symlink_to(path.parent / "missing" / path.name)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize("spoil", [_directory, _full_disk, _missing_folder])
def test_a_file_that_cannot_be_written_is_told_with_its_name(
    filled: Path, huashu: Command, tmp_path: Path, ending: str, spoil: Callable[[Path], None]
) -> None:
    file = tmp_path / f"out.{ending}"
    spoil(file)
    result = huashu("audit", "export", file, "--from", "2000-01-01", "--to", "2999-12-31")
    assert result.exit_code == 1, result.output
    assert result.stderr.startswith("[E506]")
    assert f"{file} 写不了" in result.stderr
    assert "已把" not in result.stdout


@pytest.mark.parametrize("name", ["out.pdf", "out", "out.csv.txt"])
def test_a_file_of_another_kind_is_refused(filled: Path, huashu: Command, tmp_path: Path, name: str) -> None:
    result = huashu("audit", "export", tmp_path / name, "--from", "2000-01-01", "--to", "2999-12-31")
    assert (result.exit_code, (tmp_path / name).exists()) == (1, False)
    assert result.stderr.startswith("[E506]")
    assert ".xlsx 或 .csv" in result.stderr


def test_a_csv_file_opens_in_a_spreadsheet_with_its_chinese(filled: Path, huashu: Command, tmp_path: Path) -> None:
    file = tmp_path / "out.csv"
    huashu("audit", "export", file, "--from", "2000-01-01", "--to", "2999-12-31")
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")


def test_the_file_is_named_as_it_was_typed(filled: Path, huashu: Command, tmp_path: Path) -> None:
    file = tmp_path / "导出[bold]副本.csv"  # no style of the terminal's
    result = huashu("audit", "export", file, "--from", "2000-01-01", "--to", "2999-12-31")
    assert (result.exit_code, file.exists()) == (0, True)
    assert str(file) in result.stdout
