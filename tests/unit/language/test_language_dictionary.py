"""Dictionaries for jieba: what is read, and what is refused with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import HuashuError
from bot.language.dictionary import DictionaryWord, read_dictionary
from bot.language.tokens import words


def write(directory: Path, text: str) -> Path:
    (directory / "own.txt").write_text(text, encoding="utf-8")
    return directory


def test_words_frequencies_and_tags_are_read(tmp_path: Path) -> None:
    found = read_dictionary(write(tmp_path, "# 说明\n业绩基准\n\n日日享 20\n保险条款 0 n  # 切开\n"))
    assert found == [
        DictionaryWord("业绩基准", None, ""),
        DictionaryWord("日日享", 20, ""),
        DictionaryWord("保险条款", 0, "n"),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "own.txt:1 是空的"),
        ("# 只有说明\n\n", "own.txt:1 是空的"),
        ("净值\n业绩 基准 比较 多\n", "own.txt:2 “业绩 基准 比较 多”不合格式"),
        ("净值\n业绩 -3\n", "own.txt:2 “业绩 -3”不合格式"),
        ("净值\n回撤\n净值 5\n", "own.txt:3 “净值”与 own.txt:1 重复"),
    ],
)
def test_a_broken_dictionary_is_refused_with_file_and_line(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(HuashuError, match=message) as caught:
        read_dictionary(write(tmp_path, text))
    assert caught.value.code == "E105"


def test_no_dictionary_at_all_and_one_in_another_encoding_are_refused(tmp_path: Path) -> None:
    with pytest.raises(HuashuError, match="没有词典"):
        read_dictionary(tmp_path)
    (tmp_path / "gbk.txt").write_bytes("净值".encode("gbk"))
    with pytest.raises(HuashuError, match=r"gbk\.txt:1 读不了.*UTF-8"):
        read_dictionary(tmp_path)


def test_the_real_dictionary_keeps_words_whole_and_cuts_what_it_says() -> None:
    assert "福满年年" in words("福满年年怎么样")
    assert words("保险条款") == ["保险", "条款"]


def test_a_byte_order_mark_is_no_part_of_a_word_and_files_do_not_contradict_each_other(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("\ufeff净值 5\n", encoding="utf-8")
    assert read_dictionary(tmp_path) == [DictionaryWord("净值", 5, "")]
    (tmp_path / "b.txt").write_text("回撤\n净值 0\n", encoding="utf-8")
    with pytest.raises(HuashuError, match=r"b\.txt:2 “净值”与 a\.txt:1 重复"):
        read_dictionary(tmp_path)


def test_every_real_word_is_cut_as_the_dictionary_says() -> None:
    for entry in read_dictionary():
        assert (words(entry.word) == [entry.word]) is (entry.frequency != 0), entry
