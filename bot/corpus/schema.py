"""Checks corpus files against their published JSON Schema and says what would be right."""

from __future__ import annotations

import difflib
import functools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema

from bot.corpus.problems import Problem
from bot.corpus.yaml_source import Location, YamlDocument

SCHEMA_DIRECTORY = Path(__file__).resolve().parents[2] / "scripts_corpus" / "schema"
_COMMON = "common.schema.json"


@functools.cache
def _validator(name: str) -> jsonschema.Draft202012Validator:
    """The validator of ``<name>.schema.json``, with the common definitions folded in.

    Folding avoids resolving file references, whose interface differs between the two environments' jsonschema.
    """
    schema = _read(f"{name}.schema.json")
    schema.setdefault("$defs", {}).update(_read(_COMMON)["$defs"])
    return jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())


def _read(file_name: str) -> dict[str, Any]:
    text = (SCHEMA_DIRECTORY / file_name).read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text.replace(f"{_COMMON}#", "#"))
    return loaded


def schema_problems(document: YamlDocument, schema_name: str) -> list[Problem]:
    """Check a document against a schema.

    Args:
        document: the parsed file.
        schema_name: file name in ``scripts_corpus/schema/`` without ``.schema.json``.

    Returns:
        Every breach, with its line and what would be right.
    """
    return [
        document.problem(location, what, right)
        for error in _validator(schema_name).iter_errors(document.data)
        for location, what, right in _explain(error)
    ]


def _explain(error: Any) -> Iterator[tuple[Location, str, str]]:
    location: Location = tuple(error.absolute_path)
    value = error.instance
    kind = error.validator
    if kind == "required":
        missing = [key for key in error.validator_value if key not in value]
        for key in missing:
            if f"'{key}'" in error.message:
                yield (
                    location,
                    f"缺少 {key}",
                    _describe(error.schema.get("properties", {}).get(key, {}), f"写上 {key}"),
                )
    elif kind == "additionalProperties":
        allowed = list(error.schema.get("properties", {}))
        for key in value:
            if key not in allowed:
                yield (*location, key), f"不认识的键 {key}", _suggest(key, allowed)
    elif kind == "enum":
        yield (
            location,
            f"取值 {value!r} 不在允许范围内",
            _suggest(str(value), [str(item) for item in error.validator_value]),
        )
    elif kind == "type":
        yield (
            location,
            f"{_shown(value)} 类型不对",
            f"写成{_TYPES.get(str(error.validator_value), error.validator_value)}",
        )
    elif kind in _SIZES:
        yield location, _SIZES[kind].format(_shown(value)), f"{_LIMITS[kind]} {error.validator_value}"
    elif kind == "pattern":
        yield location, f"{_shown(value)} 写法不对", _describe(error.schema, f"符合 {error.validator_value}")
    elif kind == "format":
        yield location, f"{_shown(value)} 不是有效日期", "写成存在的 年-月-日，例如 2026-03-01"
    elif kind == "uniqueItems":
        yield location, "列表里有重复项", "每项只写一次"
    else:
        yield location, error.message, _describe(error.schema, "按格式说明改")


_TYPES = {
    "string": "文字（必要时加引号）",
    "array": "列表（每行以 - 开头）",
    "object": "键: 值",
    "integer": "整数",
    "boolean": "true 或 false",
}
_SIZES = {
    "minLength": "{} 太短",
    "maxLength": "{} 太长",
    "minItems": "列表 {} 项数太少",
    "maxItems": "列表 {} 项数太多",
    "minimum": "{} 太小",
    "maximum": "{} 太大",
    "minProperties": "{} 缺步骤",
    "maxProperties": "{} 步骤太多",
}
_LIMITS = {
    "minLength": "字数至少",
    "maxLength": "字数至多",
    "minItems": "项数至少",
    "maxItems": "项数至多",
    "minimum": "至少",
    "maximum": "至多",
    "minProperties": "正好",
    "maxProperties": "正好",
}


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else text[:38] + "…"


def _suggest(given: str, allowed: list[str]) -> str:
    close = difflib.get_close_matches(given, allowed, n=1)
    hint = f"（是不是想写 {close[0]}？）" if close else ""
    return f"{'、'.join(allowed)} 之一{hint}"


def _describe(schema: dict[str, Any], fallback: str) -> str:
    description = schema.get("description")
    return str(description) if description else fallback
