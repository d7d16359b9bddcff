"""The intent model on a small set of lines: what it promises about confidences and files, not how well it knows."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bot.errors import HuashuError
from bot.language.intent_model import FEWEST_LINES, FORMAT_VERSION, IntentModel
from bot.language.intent_training import train
from bot.model_files import INTENT_MODEL_FILES

LINES = {
    "objection_fees": ["管理费", "申购费", "赎回费", "托管费", "手续费"],
    "objection_liquidity": ["封闭期", "锁定期", "持有期", "赎回时间", "到账时间"],
    "greet": ["早上好", "你好", "您好", "下午好", "晚上好"],
}
ENDINGS = {
    "objection_fees": ["太贵了", "收得太高", "能不能便宜点"],
    "objection_liquidity": ["太长了", "拿不出来怎么办", "急用钱取不了"],
    "greet": ["呀", "，在吗", "老师"],
}
SENTENCES = [(intent, a + b) for intent, starts in LINES.items() for a in starts for b in ENDINGS[intent]]
UNSEEN = ["这管理费也太贵了吧", "封闭期这么长", "您好呀", "", "？", "今天天气", "ＡＢＣ", "\ud800", "费" * 500]


@pytest.fixture(scope="module")
def model() -> IntentModel:
    return train([text for _, text in SENTENCES], [intent for intent, _ in SENTENCES])


@pytest.fixture
def saved(model: IntentModel, tmp_path: Path) -> Path:
    model.save(tmp_path)
    return tmp_path


def refused(directory: Path, code: str) -> HuashuError:
    with pytest.raises(HuashuError) as caught:
        IntentModel.load(directory)
    assert caught.value.code == code
    assert "make train" in caught.value.message
    return caught.value


def test_confidences_are_probabilities_whatever_is_asked(model: IntentModel) -> None:
    rows = model.confidences(UNSEEN)
    assert rows.shape == (len(UNSEEN), 3)
    assert np.isfinite(rows).all()
    assert (rows >= 0).all()
    np.testing.assert_allclose(rows.sum(axis=1), 1.0, atol=1e-12)


def test_intents_are_sorted_and_ranked_by_confidence(model: IntentModel) -> None:
    assert model.intents == ("greet", "objection_fees", "objection_liquidity")
    for text in UNSEEN:
        ranking = model.rank(text)
        assert sorted(intent for intent, _ in ranking) == list(model.intents)
        assert [score for _, score in ranking] == sorted((score for _, score in ranking), reverse=True)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("这管理费也太贵了吧", "objection_fees"),
        ("這管理費也太貴了吧", "objection_fees"),
        ("封闭期这么长", "objection_liquidity"),
        ("您好呀", "greet"),
    ],
)
def test_what_is_close_to_the_lines_is_recognised(model: IntentModel, text: str, intent: str) -> None:
    assert model.rank(text)[0][0] == intent


def test_a_text_gets_the_same_confidences_alone_and_among_others(model: IntentModel) -> None:
    together = model.confidences(UNSEEN)
    alone = np.vstack([model.confidences([text]) for text in UNSEEN])
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_training_is_repeatable(model: IntentModel) -> None:
    again = train([text for _, text in SENTENCES], [intent for intent, _ in SENTENCES])
    np.testing.assert_array_equal(again.confidences(UNSEEN), model.confidences(UNSEEN))
    assert again.temperature == model.temperature


def test_two_intents_are_enough() -> None:
    two = [(intent, text) for intent, text in SENTENCES if intent != "greet"]
    small = train([text for _, text in two], [intent for intent, _ in two])
    assert small.confidences(["管理费太贵了"]).shape == (1, 2)
    assert small.rank("管理费太贵了")[0][0] == "objection_fees"


def test_a_loaded_model_gives_equal_confidences(model: IntentModel, saved: Path) -> None:
    loaded = IntentModel.load(saved)
    assert loaded.intents == model.intents
    assert loaded.temperature == model.temperature
    np.testing.assert_array_equal(loaded.confidences(UNSEEN), model.confidences(UNSEEN))


def test_a_saved_model_is_plain_data(saved: Path) -> None:
    assert sorted(path.name for path in saved.iterdir()) == sorted(INTENT_MODEL_FILES)
    for name in ("intent_model.npz", "terms.npz"):
        with np.load(saved / name, allow_pickle=False) as arrays:
            assert {arrays[key].dtype.kind for key in arrays.files} == {"f"}


@pytest.mark.parametrize("count", [0, 1])
def test_too_few_intents_are_refused(count: int) -> None:
    with pytest.raises(HuashuError, match="两个意图") as caught:
        train(["你好"] * 20 * count, ["greet"] * 20 * count)
    assert caught.value.code == "E503"


def test_too_few_lines_are_refused_with_the_intents_and_their_numbers() -> None:
    texts = ["你好"] * FEWEST_LINES + ["再见"] * (FEWEST_LINES - 1) + ["谢谢"]
    intents = ["greet"] * FEWEST_LINES + ["goodbye"] * (FEWEST_LINES - 1) + ["thank"]
    with pytest.raises(HuashuError) as caught:
        train(texts, intents)
    assert caught.value.code == "E503"
    assert f"goodbye（{FEWEST_LINES - 1} 句）、thank（1 句）" in caught.value.message
    assert "greet" not in caught.value.message


def edit_header(directory: Path, change: Callable[[dict[str, object]], object]) -> None:
    path = directory / "intent_model.json"
    header = json.loads(path.read_text(encoding="utf-8"))
    changed = change(header)
    path.write_text(json.dumps(header if changed is None else changed), encoding="utf-8")


@pytest.mark.parametrize("name", INTENT_MODEL_FILES)
@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.unlink(),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"x"),
        lambda path: path.write_bytes(b"[]"),
        lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
        lambda path: path.write_bytes(path.read_bytes()[100:]),
        lambda path: path.write_bytes(b"PK\x03\x04" + b"\x00" * 200),
        lambda path: path.write_bytes(b"\xff" * 50),
    ],
    ids=["missing", "empty", "letter", "list", "half", "beheaded", "zip", "bytes"],
)
def test_a_damaged_file_is_refused(saved: Path, name: str, damage: Callable[[Path], object]) -> None:
    damage(saved / name)
    refused(saved, "E501")


def test_one_flipped_byte_inside_an_array_is_refused(saved: Path) -> None:
    path = saved / "intent_model.npz"
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 0xFF
    path.write_bytes(bytes(content))
    refused(saved, "E501")


@pytest.mark.parametrize("key", ["format", "intents", "temperature"])
def test_a_header_without_a_key_is_refused(saved: Path, key: str) -> None:
    edit_header(saved, lambda header: header.pop(key) and None)
    refused(saved, "E501")


@pytest.mark.parametrize(
    ("file", "array"),
    [("intent_model.npz", "coefficients"), ("intent_model.npz", "intercepts"), ("terms.npz", "arr_0")],
)
def test_missing_arrays_are_refused(saved: Path, file: str, array: str) -> None:
    path = saved / file
    with np.load(path) as stored:
        kept = {name: stored[name] for name in stored.files if name != array}
    np.savez(path, **kept)  # type: ignore[arg-type]
    refused(saved, "E501")


def test_a_term_without_its_weight_is_refused(saved: Path) -> None:
    path = saved / "terms.json"
    terms = json.loads(path.read_text(encoding="utf-8"))
    terms[1]["terms"].pop()
    path.write_text(json.dumps(terms), encoding="utf-8")
    refused(saved, "E501")


def test_a_pickle_in_the_array_file_is_never_opened(saved: Path) -> None:
    path = saved / "intent_model.npz"
    with np.load(path) as stored:
        kept = {name: stored[name] for name in stored.files}
    np.savez(path, **{**kept, "coefficients": np.array([object()], dtype=object)})  # type: ignore[arg-type]
    refused(saved, "E501")


@pytest.mark.parametrize("version", [FORMAT_VERSION + 1, 0, None, "1"])
def test_another_format_is_told_as_such(saved: Path, version: object) -> None:
    edit_header(saved, lambda header: header.update(format=version))
    assert str(version) in refused(saved, "E502").message


def test_files_of_two_models_do_not_pass_as_one(model: IntentModel, saved: Path, tmp_path: Path) -> None:
    two = [(intent, text) for intent, text in SENTENCES if intent != "greet"]
    other = tmp_path / "other"
    other.mkdir()
    train([text for _, text in two], [intent for intent, _ in two]).save(other)
    shutil.copy(other / "intent_model.npz", saved / "intent_model.npz")
    refused(saved, "E501")
