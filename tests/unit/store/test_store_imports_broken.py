"""Imports of broken files: each problem is named by line and header, and nothing is imported."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from store_files import (
    CLIENT,
    FIRST,
    HEADERS,
    OTHER_CLIENT,
    OTHER_PRODUCT,
    PRODUCT,
    SECOND,
    TODAY,
    Factory,
    counts,
    lines_of,
    load,
    problems_of,
    write_csv,
    write_xlsx,
)

from bot.store import import_tables
from bot.store.imports import ImportRefusedError, ImportUnreadableError, import_clients, import_products

# ---- one bad cell in the second of two rows

BAD_CELLS = [
    ("clients", "客户编号", "100023"),
    ("clients", "客户编号", "kh100023"),
    ("clients", "客户编号", "KH１０００２３"),
    ("clients", "客户编号", ""),
    ("clients", "客户编号", CLIENT["客户编号"]),
    ("clients", "姓名", ""),
    ("clients", "姓名", "王"),
    ("clients", "姓名", "王" * 41),
    ("clients", "姓名", "Robert'); DROP TABLE client;"),
    ("clients", "姓名", "' OR '1'='1"),
    ("clients", "姓名", "<script>alert(1)</script>"),
    ("clients", "姓名", "王&nbsp;芳"),
    ("clients", "姓名", "王{product.name}"),
    ("clients", "姓名", "王\u200b芳"),
    ("clients", "姓名", "王\n芳"),
    ("clients", "姓名", "王  芳"),
    ("clients", "姓名", "王😀芳"),
    ("clients", "姓名", "１２"),
    ("clients", "姓名", "12"),
    ("clients", "姓名", "/restart"),
    ("clients", "姓名", "=HYPERLINK(1)"),
    ("clients", "性别", "F"),
    ("clients", "出生日期", "1985年4月12日"),
    ("clients", "出生日期", "1985-02-30"),
    ("clients", "出生日期", "1985-04/12"),
    ("clients", "出生日期", "1899-12-31"),
    ("clients", "出生日期", "2026-11-25"),
    ("clients", "出生日期", "31148"),
    ("clients", "手机号", "1380000"),
    ("clients", "手机号", "+8613800000000"),
    ("clients", "年收入(元)", "-1"),
    ("clients", "年收入(元)", "180,000"),
    ("clients", "年收入(元)", "18万"),
    ("clients", "年收入(元)", "1e5"),
    ("clients", "年收入(元)", "0.001"),
    ("clients", "年收入(元)", "NaN"),
    ("clients", "年收入(元)", "99999999999999"),
    ("clients", "金融资产(元)", "Infinity"),
    ("clients", "金融资产(元)", "１００"),
    ("clients", "民事行为能力", "部分"),
    ("clients", "客户阶段", "active"),
    ("clients", "客户阶段", ""),
    ("clients", "合格投资者有效期至", "长期"),
    ("clients", "客户经理工号", "张三"),
    ("clients", "评估记录", "2026-03-02"),
    ("clients", "评估记录", "2026-03-02:C6"),
    ("clients", "评估记录", "2026-03-02:C2最低"),
    ("clients", "评估记录", "2026-11-25:C2"),
    ("clients", "评估记录", "2026-03-02:C3;"),
    ("clients", "评估记录", "2026-03-02:C3, 2025-02-01:C2"),
    ("clients", "评估记录", "2026-03-02:C3:Q1:x"),
    ("clients", "评估记录", "2026-03-02:C3:第一版"),
    ("clients", "持有", "XX99:200000:2026-01-05"),
    ("clients", "持有", "AH90D01:0:2026-01-05"),
    ("clients", "持有", "AH90D01:200000"),
    ("clients", "持有", "AH90D01:200000:2027-01-05"),
    ("clients", "持有", "AH90D01:1:2026-01-05;AH90D01:2:2026-01-05"),
    ("products", "产品代码", "ah90"),
    ("products", "产品代码", PRODUCT["产品代码"]),
    ("products", "产品名称", PRODUCT["产品名称"]),
    ("products", "产品名称", "稳盈"),
    ("products", "产品名称", "安和-稳盈"),
    ("products", "产品名称", "安和<b>稳盈</b>"),
    ("products", "产品名称", "安和" * 31),
    ("products", "简称", "稳盈"),
    ("products", "简称", "ah90d01"),
    ("products", "简称", "日日享;日日享"),
    ("products", "简称", "日日享;;天天"),
    ("products", "类别", "wealth_management"),
    ("products", "适用规则", "基金证券"),
    ("products", "适用规则", "任意"),
    ("products", "发行机构", ""),
    ("products", "发行机构评级", "R6"),
    ("products", "销售机构评级", "PR2"),
    ("products", "期限(天)", "-1"),
    ("products", "期限(天)", "90天"),
    ("products", "期限(天)", "90.5"),
    ("products", "期限说明", ""),
    ("products", "期限说明", "长" * 201),
    ("products", "起点金额(元)", "1万"),
    ("products", "起点金额(元)", ""),
    ("products", "收益方式", "净值{client.name}"),
    ("products", "收益方式", "<img src=x>"),
    ("products", "业绩比较基准", "=2.1%"),
    ("products", "业绩比较基准", "-5%"),
    ("products", "业绩比较基准", "＝A1"),
    ("products", "赎回规则", "@SUM(A1)"),
    ("products", "截止时间", "25:00"),
    ("products", "截止时间", "下午三点"),
    ("products", "开售日期", "20240301"),
    ("products", "停售日期", "2024-02-29"),
    ("products", "仅限合格投资者", "Y"),
    ("products", "是否双录", "TRUE"),
    ("products", "投资方向", ""),
    ("products", "在售", ""),
    ("products", "管理费", "0.30%/年"),
    ("products", "管理费", ":产品资产净值"),
    ("products", "管理费", "100.01%:产品资产净值"),
    ("products", "退保费用", "5%:现金价值:首年"),
]


@pytest.mark.parametrize(("kind", "header", "cell"), BAD_CELLS)
def test_bad_cell_is_named_and_nothing_is_imported(
    factory: Factory, tmp_path: Path, kind: str, header: str, cell: str
) -> None:
    if kind == "clients":
        load(factory, tmp_path, "products", PRODUCT)
    rows = [FIRST[kind], SECOND[kind] | {header: cell}]
    path = write_csv(tmp_path / "bad.csv", lines_of(rows, HEADERS[kind]))
    assert problems_of(factory, kind, path) == [(3, header)]


@pytest.mark.parametrize("kind", ["trust", "private"])
def test_private_offers_open_to_everybody_are_refused(factory: Factory, tmp_path: Path, kind: str) -> None:
    names = {"trust": ("信托", "信托"), "private": ("私募基金", "私募")}[kind]
    row = PRODUCT | {"类别": names[0], "适用规则": names[1], "仅限合格投资者": "否"}
    path = write_csv(tmp_path / "bad.csv", lines_of([row], HEADERS["products"]))
    assert problems_of(factory, "products", path) == [(2, "仅限合格投资者")]


def test_every_problem_of_every_row_is_reported_without_the_cells(factory: Factory, tmp_path: Path) -> None:
    rows = [
        CLIENT | {"姓名": "机密<姓名>", "持有": "XX01:1:2026-01-05; XX02:1:2026-01-05"},
        OTHER_CLIENT | {"手机号": "机密", "评估记录": "机密"},
        CLIENT | {"持有": ""},
    ]
    path = write_csv(tmp_path / "bad.csv", lines_of(rows, HEADERS["clients"]))
    with factory.begin() as session, pytest.raises(ImportRefusedError) as caught:
        import_clients(session, path, today=TODAY)
    assert [(each.line, each.header) for each in caught.value.problems] == [
        (2, "姓名"),
        (2, "持有"),
        (2, "持有"),
        (3, "手机号"),
        (3, "评估记录"),
        (3, "持有"),
        (4, "客户编号"),
    ]
    assert str(caught.value).startswith("[E404] 导入文件 bad.csv 有 7 处错误，一行也没有导入")
    assert "机密" not in str(caught.value)
    assert all(each.wrong and each.right for each in caught.value.problems)


def test_long_lists_of_problems_are_cut_in_the_message_only(factory: Factory, tmp_path: Path) -> None:
    rows = [OTHER_PRODUCT | {"产品代码": "x", "产品名称": f"安和{n}号", "简称": ""} for n in range(30)]
    path = write_csv(tmp_path / "bad.csv", lines_of(rows, HEADERS["products"]))
    with factory.begin() as session, pytest.raises(ImportRefusedError, match="另有 10 处") as caught:
        import_products(session, path)
    assert len(caught.value.problems) == 30


# ---- wrong headers and ragged lines


def drop_column(lines: list[list[str]]) -> list[list[str]]:
    return [line[1:] for line in lines]


def double_column(lines: list[list[str]]) -> list[list[str]]:
    return [[*line, line[1]] for line in lines]


def unknown_column(lines: list[list[str]]) -> list[list[str]]:
    return [[*lines[0], "身份证号"], *([*line, "1"] for line in lines[1:])]


def nameless_column(lines: list[list[str]]) -> list[list[str]]:
    return [[*lines[0][:3], "", *lines[0][3:]], *([*line[:3], "", *line[3:]] for line in lines[1:])]


def cell_too_many(lines: list[list[str]]) -> list[list[str]]:
    return [lines[0], [*lines[1], "多"], *lines[2:]]


def only_headers(lines: list[list[str]]) -> list[list[str]]:
    return lines[:1]


BAD_SHAPES = [
    (drop_column, 1, "产品代码"),
    (double_column, 1, "产品名称"),
    (unknown_column, 1, "身份证号"),
    (nameless_column, 1, "第4列"),
    (cell_too_many, 2, "第30列"),
    (only_headers, 2, "产品代码"),
]


@pytest.mark.parametrize("writer", [write_csv, write_xlsx])
@pytest.mark.parametrize(("change", "line", "header"), BAD_SHAPES)
def test_bad_shape_is_named_and_nothing_is_imported(
    factory: Factory,
    tmp_path: Path,
    change: Callable[[list[list[str]]], list[list[str]]],
    line: int,
    header: str,
    writer: Callable[..., Path],
) -> None:
    lines = change(lines_of([PRODUCT, OTHER_PRODUCT], HEADERS["products"]))
    path = writer(tmp_path / ("bad.csv" if writer is write_csv else "bad.xlsx"), lines)
    assert problems_of(factory, "products", path) == [(line, header)]


def test_line_numbers_count_lines_of_the_file_not_records(factory: Factory, tmp_path: Path) -> None:
    rows = [PRODUCT | {"赎回规则": "到期\n到账"}, OTHER_PRODUCT | {"在售": "?"}]
    path = write_csv(tmp_path / "bad.csv", lines_of(rows, HEADERS["products"]))
    assert problems_of(factory, "products", path) == [(2, "赎回规则"), (4, "在售")]


@pytest.mark.parametrize("formula", ["=1+1", '=HYPERLINK("http://x")', "#N/A"])
def test_xlsx_formulas_are_refused(factory: Factory, tmp_path: Path, formula: str) -> None:
    row = PRODUCT | {"投资方向": formula}
    path = write_xlsx(tmp_path / "bad.xlsx", lines_of([row], HEADERS["products"]))
    assert problems_of(factory, "products", path) == [(2, "投资方向")]


# ---- files that cannot be read at all


def gbk(path: Path) -> Path:
    return write_csv(path / "f.csv", lines_of([PRODUCT], HEADERS["products"]), encoding="gb18030")


def utf16(path: Path) -> Path:
    return write_csv(path / "f.csv", lines_of([PRODUCT], HEADERS["products"]), encoding="utf-16")


def empty(path: Path) -> Path:
    return write_csv(path / "f.csv", [])


def open_quote(path: Path) -> Path:
    file = path / "f.csv"
    file.write_text('产品代码,"产品名称\nAH', encoding="utf-8")
    return file


def huge_cell(path: Path) -> Path:
    return write_csv(path / "f.csv", [["产品代码"], ["x" * 200_000]])


def wide(path: Path) -> Path:
    return write_csv(path / "f.csv", [["x"] * 201])


def other_format(path: Path) -> Path:
    return write_csv(path / "f.xls", [["产品代码"]])


def missing(path: Path) -> Path:
    return path / "nowhere.csv"


def directory(path: Path) -> Path:
    (path / "d.csv").mkdir()
    return path / "d.csv"


def text_named_xlsx(path: Path) -> Path:
    return write_csv(path / "f.xlsx", [["产品代码"]])


def zip_named_xlsx(path: Path) -> Path:
    with zipfile.ZipFile(path / "f.xlsx", "w") as archive:
        archive.writestr("a.txt", "a")
    return path / "f.xlsx"


def broken_sheet(path: Path) -> Path:
    good = write_xlsx(path / "good.xlsx", [["产品代码"]])
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(path / "f.xlsx", "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, content[: len(content) // 2] if "sheet1" in name else content)
    return path / "f.xlsx"


def no_sheet(path: Path) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    book.create_chartsheet()
    book.save(path / "f.xlsx")
    return path / "f.xlsx"


UNREADABLE = [
    (gbk, "GBK"),
    (utf16, "UTF-8"),
    (empty, "空的"),
    (open_quote, "引号"),
    (huge_cell, "CSV"),
    (wide, "列"),
    (other_format, r"\.xlsx"),
    (missing, "打不开"),
    (directory, "打不开"),
    (text_named_xlsx, "工作簿"),
    (zip_named_xlsx, "工作簿"),
    (broken_sheet, "工作簿"),
    (no_sheet, "工作簿"),
]


@pytest.mark.parametrize(("make", "message"), UNREADABLE)
def test_unreadable_file_says_why(factory: Factory, tmp_path: Path, make: Callable[[Path], Path], message: str) -> None:
    path = make(tmp_path)
    with factory.begin() as session, pytest.raises(ImportUnreadableError, match=message) as caught:
        import_products(session, path)
    assert caught.value.code == "E405"
    assert counts(factory) == [0, 0, 0]


@pytest.mark.parametrize(
    ("limit", "value", "name"),
    [("MAX_BYTES", 100, "f.csv"), ("MAX_LINES", 1, "f.csv"), ("MAX_UNPACKED_BYTES", 100, "f.xlsx")],
)
def test_files_above_a_limit_are_refused(
    factory: Factory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: int, name: str
) -> None:
    monkeypatch.setattr(import_tables, limit, value)
    writer = write_csv if name.endswith("csv") else write_xlsx
    path = writer(tmp_path / name, lines_of([PRODUCT, OTHER_PRODUCT], HEADERS["products"]))
    with factory.begin() as session, pytest.raises(ImportUnreadableError):
        import_products(session, path)
