from moto.route53.models import route53_backends
from moto.servicediscovery.models import ServiceDiscoveryBackend

from .patch import around


@around(ServiceDiscoveryBackend, "delete_namespace")
def delete_zone_too(original, self, namespace_id: str) -> str:
    """moto leaves the hosted zone behind that it made for a namespace; AWS takes it away."""
    properties = self.namespaces[namespace_id].dns_properties if namespace_id in self.namespaces else {}
    operation = original(self, namespace_id)
    if "HostedZoneId" in properties:
        route53_backends[self.account_id][self.partition].delete_hosted_zone(properties["HostedZoneId"])
    return operation
