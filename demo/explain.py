"""The explain record of a dialect, in ZeeRex 2.0: the indexes, schemas and limits it has. Source: explain.z3950.org."""

from __future__ import annotations

from demo.dialects import OASIS, ZING, Dialect
from demo.libraries import Library
from demo.xml_text import element, escaped

ZEEREX = "http://explain.z3950.org/dtd/2.0/"


def explain_response(library: Library, dialect: Dialect, version: str) -> str:
    """Return the answer to a request for the explain record."""
    p = dialect.prefix
    is_new = version == "2.0"
    colon = f":{p[:-1]}" if p else ""
    key = "recordXMLEscaping" if is_new else "recordPacking"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<{p}explainResponse xmlns{colon}="{OASIS if is_new else ZING}">'
        f"{'' if is_new else element(f'{p}version', version)}<{p}record>"
        f"<{p}recordSchema>{ZEEREX}</{p}recordSchema><{p}{key}>xml</{p}{key}>"
        f"<{p}recordData>{_record(library, dialect)}</{p}recordData></{p}record></{p}explainResponse>"
    )


def _record(library: Library, dialect: Dialect) -> str:
    server = element("host", "127.0.0.1") + element("database", library.path.strip("/"))
    titles = element("title", library.vi, lang="vi", primary="true") + element("title", library.en, lang="en")
    limits = element("default", str(dialect.default_count), type="numberOfRecords")
    limits += element("setting", str(dialect.cap), type="maximumRecords")
    return (
        f'<explain xmlns="{ZEEREX}">'
        f'<serverInfo protocol="SRU" version="{dialect.versions[-1]}" transport="http">{server}</serverInfo>'
        f"<databaseInfo>{titles}</databaseInfo>{_indexes(dialect)}{_schemas(dialect)}"
        f"<configInfo>{limits}</configInfo></explain>"
    )


def _indexes(dialect: Dialect) -> str:
    names = dialect.matching.indexes
    prefixes = dict.fromkeys(name.rpartition(".")[0] for name in names if "." in name)
    sets = "".join(f'<set name="{prefix}" identifier="info:srw/cql-context-set/1/{prefix}"/>' for prefix in prefixes)
    indexes = "".join(
        f'<index search="true" scan="false" sort="false">{element("title", name)}'
        f"<map>{element('name', name.rpartition('.')[2], set=name.rpartition('.')[0])}</map></index>"
        for name in names
    )
    return f"<indexInfo>{sets}{indexes}</indexInfo>"


def _schemas(dialect: Dialect) -> str:
    schemas = "".join(
        f'<schema name="{escaped(name)}" identifier="{escaped(schema.identifier)}" retrieve="true" sort="false">'
        f"{element('title', name)}</schema>"
        for name, schema in dialect.schemas.items()
    )
    return f"<schemaInfo>{schemas}</schemaInfo>"
