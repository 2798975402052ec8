from moto.route53.models import route53_backends
from moto.servicediscovery.exceptions import ConflictingDomainExists
from moto.servicediscovery.models import ServiceDiscoveryBackend

from .patch import around


@around(ServiceDiscoveryBackend, "delete_namespace")
def delete_zone_too(original, self, namespace_id: str) -> str:
    """moto keeps the hosted zone of a deleted namespace; AWS deletes it."""
    properties = self.namespaces[namespace_id].dns_properties if namespace_id in self.namespaces else {}
    operation = original(self, namespace_id)
    if "HostedZoneId" in properties:
        route53_backends[self.account_id][self.partition].delete_hosted_zone(properties["HostedZoneId"])
    return operation


@around(ServiceDiscoveryBackend, "create_private_dns_namespace")
def one_namespace_per_name(original, self, name: str, vpc: str, **others) -> str:
    """moto allows one namespace in a VPC; AWS allows several with different names, as private hosted zones.

    Source: "Considerations when working with a private hosted zone", Amazon Route 53 developer guide.
    """
    if any(namespace.vpc == vpc and namespace.name == name for namespace in self.namespaces.values()):
        raise ConflictingDomainExists(vpc)
    unique = f"{vpc}/{name}"
    operation = original(self, name=name, vpc=unique, **others)
    for namespace in self.namespaces.values():
        if namespace.vpc == unique:
            namespace.vpc = vpc
    return operation
