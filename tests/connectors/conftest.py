"""What tests of connectors may ask for."""

from __future__ import annotations

from tests.servers import yaz_ztest, zebra_apart, zebra_chr, zebra_icu, zebra_university

__all__ = ["yaz_ztest", "zebra_apart", "zebra_chr", "zebra_icu", "zebra_university"]
