from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.model import Reason
from engine.sentences import say, sentences


@pytest.fixture
def _other_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A package as pip would have installed it, with a folder of sentences."""
    phrases = tmp_path / "lienthu_opals_mau" / "phrases"
    phrases.mkdir(parents=True)
    (phrases.parent / "__init__.py").write_text("", "utf-8")
    (phrases / "sign_opals.toml").write_text('[sign.opals-mau.api]\nvi = "Là OPALS."\nen = "It is OPALS."\n', "utf-8")
    info = tmp_path / "lienthu_opals_mau-0.1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: lienthu-opals-mau\nVersion: 0.1\n", "utf-8")
    (info / "entry_points.txt").write_text("[lienthu.phrases]\nopals = lienthu_opals_mau\n", "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    sentences.cache_clear()
    yield
    sentences.cache_clear()


@pytest.mark.usefixtures("_other_package")
def test_a_package_of_its_own_brings_its_sentences_along() -> None:
    assert say(Reason("sign.opals-mau.api"), "vi") == "Là OPALS."
    assert say(Reason("failure.fault"), "en") != "failure.fault"


def test_without_the_package_its_code_is_said_as_it_is() -> None:
    sentences.cache_clear()
    assert say(Reason("sign.opals-mau.api"), "vi") == "sign.opals-mau.api"
