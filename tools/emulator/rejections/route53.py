"""Route 53: records and zones. AWS's words, for which moto has others, are quoted in public reports."""

from .rejection import Rejection, rejects
from .request import Request

# Records that every zone has.
REQUIRED = ("NS", "SOA")


def _zone(request: Request, field: str):
    return request.backend().zones.get(str(request[field]).split("/")[-1])


@rejects("route53", "ChangeResourceRecordSets")
def records(request: Request) -> None:
    """Source: API reference of ChangeResourceRecordSets, InvalidChangeBatch; developer guide, "CNAME record type"."""
    zone = _zone(request, "HostedZoneId")
    if zone is None:
        return
    held = {(_name(one.name), one.type, one.set_identifier) for one in zone.rrsets}
    for change in (request["ChangeBatch"] or {}).get("Changes") or []:
        record = change.get("ResourceRecordSet") or {}
        key = (_name(record.get("Name")), record.get("Type"), record.get("SetIdentifier"))
        if change.get("Action") == "DELETE":
            held.discard(key)
            continue
        _check(zone, key, held, change.get("Action") == "CREATE")
        held.add(key)


def _check(zone, key: tuple, held: set[tuple], is_new: bool) -> None:
    name, kind, _ = key
    apex = _name(zone.name)
    if not f".{name}".endswith(f".{apex.lstrip('.')}"):
        raise _invalid(f"RRSet with DNS name {name} is not permitted in zone {apex}")
    if kind == "CNAME" and name == apex:
        raise _invalid(f"RRSet of type CNAME with DNS name {name} is not permitted at apex in zone {apex}")
    if is_new and key in held:
        raise _invalid(f"Tried to create resource record set [name='{name}', type='{kind}'] but it already exists")
    others = {other for held_name, other, _ in held if held_name == name}
    if others - {"CNAME"} if kind == "CNAME" else "CNAME" in others:
        raise _invalid(
            f"RRSet of type {kind} with DNS name {name} is not permitted as it conflicts with other records with the same DNS "
            f"name in zone {apex}"
        )


def _name(name: str | None) -> str:
    return f"{(name or '').rstrip('.')}."


def _invalid(message: str) -> Rejection:
    return Rejection("InvalidChangeBatch", f"[{message}]")


@rejects("route53", "DeleteHostedZone")
def zone_with_records(request: Request) -> None:
    """Source: API reference of DeleteHostedZone, HostedZoneNotEmpty."""
    zone = _zone(request, "Id")
    if zone is not None and any(record.type not in REQUIRED for record in zone.rrsets):
        raise Rejection(
            "HostedZoneNotEmpty",
            "The specified hosted zone contains non-required resource record sets and so cannot be deleted.",
        )
