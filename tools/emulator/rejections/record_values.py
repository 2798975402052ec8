"""Route 53: values of records by their type. Messages about values follow the one in danpilch/aws-dyndns #3.

Source: Route 53 developer guide, "Supported DNS record types"; API reference of ResourceRecordSet.
"""

import ipaddress
import re

from .rejection import Rejection, rejects
from .request import Request

# A text in quotation marks, or several; each has up to 255 characters.
TEXTS = re.compile(r'"(?:[^"\\]|\\.){0,255}"(?:\s+"(?:[^"\\]|\\.){0,255}")*')
# Types of which a name has only one record.
SINGLE = ("CNAME", "SOA")


@rejects("route53", "ChangeResourceRecordSets")
def values(request: Request) -> None:
    """A deletion repeats what moto returned, which for an alias has a TTL, too."""
    for change in (request["ChangeBatch"] or {}).get("Changes") or []:
        if change.get("Action") == "DELETE":
            continue
        record = change.get("ResourceRecordSet") or {}
        _check_fields(change, record)
        given = [one.get("Value") or "" for one in record.get("ResourceRecords") or []]
        for value in given:
            _check_value(record.get("Type"), value)
        if record.get("Type") in SINGLE and len(given) > 1:
            raise Rejection(
                "InvalidChangeBatch",
                f"[RRSet of type {record['Type']} with DNS name {record.get('Name')} cannot have more than one value]",
            )


def _check_fields(change: dict, record: dict) -> None:
    place = (
        f"Change with [Action={change.get('Action')}, Name={record.get('Name')}, Type={record.get('Type')}, "
        f"SetIdentifier={record.get('SetIdentifier') or 'null'}]"
    )
    plain = [name for name in ("TTL", "ResourceRecords") if record.get(name) not in (None, [])]
    if record.get("AliasTarget") and plain:
        raise _not_one("more than one", place)
    if len(plain) == 1:
        raise _not_one("none", place)


def _not_one(found: str, place: str) -> Rejection:
    """ansible-collections/community.aws #545 and ministryofjustice/modernisation-platform #10072 quote the message."""
    return Rejection(
        "InvalidInput",
        "Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or "
        f"TrafficPolicyInstanceId], but found {found} in {place}",
    )


def _check_value(kind: str | None, value: str) -> None:
    if kind == "A" and not _is_address(ipaddress.IPv4Address, value):
        raise _fatal("ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address)", value)
    if kind == "AAAA" and not _is_address(ipaddress.IPv6Address, value):
        raise _fatal("AAAARRDATAIllegalIPv6Address (Value is not a valid IPv6 address)", value)
    if kind == "TXT" and not TEXTS.fullmatch(value):
        raise _fatal("InvalidCharacterString (Value should be enclosed in quotation marks)", value)


def _is_address(kind: type, value: str) -> bool:
    try:
        return bool(kind(value))
    except ValueError:
        return False


def _fatal(problem: str, value: str) -> Rejection:
    return Rejection(
        "InvalidChangeBatch", f"[Invalid Resource Record: 'FATAL problem: {problem} encountered with '{value}'']"
    )
