from moto.route53.models import FakeZone, Route53Backend

from .patch import around, memory


@around(Route53Backend, "get_hosted_zone")
def accept_existing_zones(original, self, id_: str) -> FakeZone:
    """Accepts public zones that exist in the account; moto knows only those created in it.

    A lookup by ID does not include the zone's name, so the zone is the root, which allows every record name.
    """
    zone_id = id_.replace("/hostedzone/", "")
    if zone_id not in self.zones and zone_id not in memory(self, "deleted_zones"):
        self.zones[zone_id] = FakeZone(".", zone_id, private_zone=False, caller_reference=zone_id)
    return original(self, id_)


@around(Route53Backend, "delete_hosted_zone")
def remember_deleted(original, self, id_: str) -> FakeZone | None:
    """Keeps a deleted zone deleted; see accept_existing_zones."""
    zone = original(self, id_)
    memory(self, "deleted_zones")[id_.replace("/hostedzone/", "")] = True
    return zone


@around(Route53Backend, "change_resource_record_sets")
def forget_deleted_records(original, self, zoneid: str, change_list: list[dict]) -> None:
    """moto takes a deleted record for an existing one when a record follows it, and rejects creating it again."""
    original(self, zoneid, change_list)
    changes = self.get_hosted_zone(zoneid).rr_changes
    deleted = {_record(change) for change in change_list if change["Action"] == "DELETE"}
    changes[:] = [change for change in changes if _record(change) not in deleted]


def _record(change: dict) -> tuple[str, str]:
    record = change["ResourceRecordSet"]
    return record["Name"].strip("."), record["Type"]
