from moto.ecs.responses import EC2ContainerServiceResponse

from .patch import around

# Argument, moto's attribute for it, and what AWS says when it was not given. The provider reads them all back.
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
    """moto drops some of a service's arguments, and every plan after the apply wants to set them again.

    A service with a capacity provider strategy has no launch type; moto gives it EC2, which forces a replacement.
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
