from moto.ecs.models import Service
from moto.ecs.responses import EC2ContainerServiceResponse

from .patch import around

# Argument, moto's attribute for it, and AWS's value when it is omitted. The provider reads all of them.
FORGOTTEN = [
    ("healthCheckGracePeriodSeconds", "health_check_grace_period_seconds", None),
    ("enableExecuteCommand", "enable_execute_command", False),
    ("enableECSManagedTags", "enable_ecs_managed_tags", False),
    ("availabilityZoneRebalancing", "availability_zone_rebalancing", "DISABLED"),
    ("capacityProviderStrategy", "capacity_provider_strategy", None),
    ("deploymentConfiguration", "deployment_configuration", None),
]


@around(EC2ContainerServiceResponse, "create_service")
def keep_all_arguments(original, self):
    """moto drops some of a service's arguments, so every plan after the apply sets them again.

    A service with a capacity provider strategy has no launch type; moto sets EC2, which forces a replacement.
    """
    result = original(self)
    service = result.result["service"]
    for argument, attribute, default in FORGOTTEN:
        value = self._get_param(argument, default)
        if value is not None:
            setattr(service, attribute, value)
    if self._get_param("capacityProviderStrategy"):
        service.launch_type = None
    return result


@around(Service, "_validate_network")
def allow_default_group(original, self, network: dict) -> dict:
    """A network without security groups has the VPC's default one in AWS; moto fails with a KeyError."""
    network["awsvpcConfiguration"].setdefault("securityGroups", [])
    return original(self, network)
