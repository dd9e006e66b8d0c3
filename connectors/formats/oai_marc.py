"""OAI-MARC as the X-server of Aleph sends it: `fixfield`, and `varfield` with labelled subfields -> fields of MARC.

Blanks of the coded fields come as `^`. What the fields mean is told by the rules of MARC 21 or UNIMARC.
Source: OAI-MARC 1.0 (Open Archives Initiative); answers of Aleph X-servers.
"""

from __future__ import annotations

from collections.abc import Container

from lxml import etree

from connectors.formats.fields import MarcField, MarcRecord, inner_text, local_name


def fields_from_oai_marc(element: etree._Element, wanted: Container[str]) -> MarcRecord:
    """Read leader, control fields and the wanted variable fields of an `oai_marc` element.

    A field without tag and a subfield without label or text are left out: nothing can be said of them.
    """
    leader = ""
    control: dict[str, list[str]] = {}
    fields: list[MarcField] = []
    for child in element:
        tag = (child.get("id") or "").strip()
        match local_name(child):
            case "fixfield":
                # The specification wants the text in quotes; Aleph leaves them out.
                text = inner_text(child).strip("\r\n\t").removeprefix('"').removesuffix('"').replace("^", " ")
                if tag in {"LDR", "000"}:
                    leader = text
                elif tag and text.strip():
                    control.setdefault(tag, []).append(text)
            case "varfield" if tag in wanted:
                subfields = [
                    (label, text)
                    for sub in child
                    if (label := (sub.get("label") or "").strip()) and (text := inner_text(sub))
                ]
                if subfields:
                    fields.append(MarcField(tag, subfields, _indicators(child)))
            case _:
                pass
    return MarcRecord(leader, control, fields)


def _indicators(field: etree._Element) -> str:
    return ((field.get("i1") or " ")[:1] or " ") + ((field.get("i2") or " ")[:1] or " ")
