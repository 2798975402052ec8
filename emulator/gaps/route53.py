from moto.route53.models import FakeZone, Route53Backend

from .patch import around, memory


@around(Route53Backend, "get_hosted_zone")
def believe_in_zones(original, self, id_: str) -> FakeZone:
    """
    A public zone is the account's, delegated before any code; moto has only those that were made in it. What it is called
    nobody says who asks for it by its id, so it is the root, in which every name may stand.
    """
    zone_id = id_.replace("/hostedzone/", "")
    if zone_id not in self.zones and zone_id not in memory(self, "deleted_zones"):
        self.zones[zone_id] = FakeZone(".", zone_id, private_zone=False, caller_reference=zone_id)
    return original(self, id_)


@around(Route53Backend, "delete_hosted_zone")
def remember_deleted(original, self, id_: str) -> FakeZone | None:
    """See believe_in_zones: a zone that is gone stays so."""
    zone = original(self, id_)
    memory(self, "deleted_zones")[id_.replace("/hostedzone/", "")] = True
    return zone
