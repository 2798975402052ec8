"""Route 53: records."""

from .rejection import Rejection, rejects
from .request import Request


@rejects("route53", "ChangeResourceRecordSets")
def alias_of_zone(request: Request) -> None:
    """Source: Route 53 developer guide, "CNAME record type": not for the zone's own name."""
    zone = request.backend().zones.get(str(request["HostedZoneId"]).split("/")[-1])
    for change in (request["ChangeBatch"] or {}).get("Changes") or []:
        record = change.get("ResourceRecordSet") or {}
        name = (record.get("Name") or "").rstrip(".")
        if zone is not None and record.get("Type") == "CNAME" and name == zone.name.rstrip("."):
            raise Rejection(
                "InvalidChangeBatch",
                f"[RRSet of type CNAME with DNS name {name}. is not permitted at apex in zone {name}.]",
            )
