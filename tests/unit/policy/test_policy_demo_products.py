"""Facts of the demo products are said as they are: none of them may trip the phrase check."""

from __future__ import annotations

from pathlib import Path

from bot.corpus.loading import load_corpus
from bot.policy.corpus_check import checker_of
from bot.settings import PROJECT_ROOT
from bot.store.database import engine_for, session_factory, upgrade
from bot.store.facts import product_sheet
from bot.store.imports import import_products
from bot.store.models import Product

CORPUS, MODELS = PROJECT_ROOT / "scripts_corpus", PROJECT_ROOT / "bot" / "models"


def test_no_fact_of_a_demo_product_is_withheld(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'demo.db'}"
    upgrade(url)
    checker = checker_of(CORPUS, load_corpus(CORPUS), MODELS)
    with session_factory(engine_for(url)).begin() as session:
        import_products(session, CORPUS / "demo" / "products.csv")
        for product in session.query(Product):
            for _, label, text in product_sheet(product):
                sentence = f"{product.name}——{label}：{text}。"
                assert checker.check(sentence, judged=False) == [], sentence
