"""The index that finds an answer, a stage or a script for a message."""

from __future__ import annotations

import pytest

from bot.language.search import Document, TextIndex

DOCUMENTS = [
    Document("recording", ("卖年金险要双录吗", "要不要录音录像"), ("一年期以上人身险须现场同步录音录像。",)),
    Document("validity", ("评估多久过期", "风险测评有效期多长"), ("评估结果有效期为十二个月，超过须重新评估。",)),
    Document("complaint", ("投诉几天内要答复", "客户投诉怎么处理"), ("收到投诉之日起十五日内作出决定并告知。",)),
    Document("age", ("老人能买高风险产品吗", "65岁以上有什么要求"), ("六十五周岁以上购买高风险产品须走专门程序。",)),
]
LABELS = {document.label for document in DOCUMENTS}


@pytest.fixture(scope="module")
def index() -> TextIndex:
    return TextIndex(DOCUMENTS)


@pytest.mark.parametrize(
    ("text", "label"),
    [(example, document.label) for document in DOCUMENTS for example in document.examples]
    + [
        ("年金险需要双录么", "recording"),
        ("卖保险要錄音錄像嗎", "recording"),
        ("测评过期了怎么办", "validity"),
        ("多少天之内必须回复投诉", "complaint"),
        ("七十岁的阿姨可以买高风险的吗", "age"),
    ],
)
def test_the_best_document_comes_first(index: TextIndex, text: str, label: str) -> None:
    assert index.nearest(text)[0].label == label


@pytest.mark.parametrize("text", ["双录", "", " ", "？", "xyz", "😀", "\ud800", "投诉" * 300])
def test_every_document_is_ranked_once_best_first(index: TextIndex, text: str) -> None:
    found = index.nearest(text)
    assert {each.label for each in found} == LABELS
    assert len(found) == len(LABELS)
    assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)


@pytest.mark.parametrize(
    ("allowed", "labels"),
    [
        ([], []),
        (["age"], ["age"]),
        (["age", "complaint"], ["complaint", "age"]),
        (["unknown"], []),
        (["age", "x"], ["age"]),
    ],
)
def test_only_allowed_documents_are_found(index: TextIndex, allowed: list[str], labels: list[str]) -> None:
    assert [each.label for each in index.nearest("客户投诉怎么处理", allowed)] == labels
    assert [each.label for each in index.nearest("客户投诉怎么处理", iter(allowed))] == labels


def test_scores_of_allowed_documents_are_those_of_the_whole_search(index: TextIndex) -> None:
    whole = {each.label: each.score for each in index.nearest("双录")}
    assert {each.label: each.score for each in index.nearest("双录", ["age"])} == {"age": whole["age"]}


def test_equals_come_in_alphabetical_order() -> None:
    same = [Document(label, ("要不要双录",)) for label in ("c", "a", "b")]
    assert [each.label for each in TextIndex(same).nearest("双录")] == ["a", "b", "c"]


def test_the_same_search_gives_the_same_result(index: TextIndex) -> None:
    assert index.nearest("老人买基金") == index.nearest("老人买基金") == TextIndex(DOCUMENTS).nearest("老人买基金")


def test_an_empty_index_finds_nothing() -> None:
    assert TextIndex([]).nearest("双录") == []
    assert TextIndex(iter(())).nearest("") == []


def test_a_document_without_examples_is_found_by_its_passage() -> None:
    index = TextIndex([Document("text", (), ("存款保险最高偿付五十万元。",)), Document("other", ("开场怎么说",))])
    assert index.nearest("存款保险赔多少")[0].label == "text"


@pytest.mark.parametrize("empty", [Document("empty", ()), Document("empty", (), ("短",))])
def test_a_document_with_next_to_no_words_does_no_harm(empty: Document) -> None:
    found = TextIndex([empty, DOCUMENTS[0]]).nearest("要双录吗")
    assert [each.label for each in found] == ["recording", "empty"]
    assert found[1].score == pytest.approx(found[1].score)


@pytest.mark.filterwarnings("error")
def test_an_index_of_nothing_but_empty_documents_ranks_them_without_a_warning() -> None:
    found = TextIndex([Document("b", ()), Document("a", ())]).nearest("双录")
    assert [(each.label, each.score) for each in found] == [("a", 0.0), ("b", 0.0)]
