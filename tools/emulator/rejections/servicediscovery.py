"""Cloud Map: services with DNS records and health checks. Messages are paraphrased."""

from .rejection import Rejection, rejects
from .request import Request


def _invalid(message: str) -> Rejection:
    return Rejection("InvalidInput", message)


@rejects("servicediscovery", "CreateService")
def records(request: Request) -> None:
    """Source: API references of DnsConfig, RoutingPolicy, and DnsRecord, Type."""
    config = request["DnsConfig"] or {}
    types = {record.get("Type") for record in config.get("DnsRecords") or []}
    if "CNAME" in types and len(types) > 1:
        raise _invalid("A CNAME record cannot be combined with records of other types.")
    if "CNAME" in types and config.get("RoutingPolicy") != "WEIGHTED":
        raise _invalid("A CNAME record requires the routing policy WEIGHTED.")


@rejects("servicediscovery", "CreateService")
def health_checks(request: Request) -> None:
    """Source: API reference of CreateService, HealthCheckConfig: of public namespaces only, and not with a custom one."""
    if request["HealthCheckConfig"] and request["HealthCheckCustomConfig"]:
        raise _invalid("HealthCheckConfig and HealthCheckCustomConfig cannot both be specified.")
    namespaces = request.backend().namespaces
    name = request["NamespaceId"] or (request["DnsConfig"] or {}).get("NamespaceId")
    if name and name not in namespaces:
        raise Rejection("NamespaceNotFound", f"Could not find namespace: {name}")
    if request["HealthCheckConfig"] and name and namespaces[name].type == "DNS_PRIVATE":
        raise _invalid("HealthCheckConfig is not supported in private DNS namespaces.")
