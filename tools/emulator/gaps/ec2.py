from moto.core.responses import ActionResult
from moto.ec2.models import EC2Backend
from moto.ec2.models.elastic_network_interfaces import NetworkInterface
from moto.ec2.models.instances import Instance
from moto.ec2.models.security_groups import SecurityGroupRule
from moto.ec2.responses.instances import InstanceResponse
from moto.ec2.responses.launch_templates import LaunchTemplates
from moto.ec2.responses.monitoring import Monitoring

from .patch import around


@around(SecurityGroupRule, "__init__")
def keep_prefix_list(original, self, backend, protocol, group, start, end, ip, source=None, prefix_list=None, **rest):
    """moto keeps only the ID of a prefix list; see description."""
    original(self, backend, protocol, group, start, end, ip, source, prefix_list, **rest)
    self.prefix_list = prefix_list or {}


@property
def description(self) -> str | None:
    """moto describes only rules with an address range, so every plan adds the descriptions of others again."""
    places = (self.ip_range, self.source_group, self.prefix_list)
    return next((place["Description"] for place in places if "Description" in place), None)


SecurityGroupRule.description = description


@around(EC2Backend, "delete_nat_gateway")
def delete_interface_too(original, self, nat_gateway_id: str):
    """moto does not delete a NAT gateway's network interface."""
    gateway = original(self, nat_gateway_id)
    self.enis.pop(gateway._eni.id, None)
    return gateway


@around(EC2Backend, "delete_vpc")
def delete_network_acl_too(original, self, vpc_id: str):
    """moto does not delete a VPC's default network ACL."""
    vpc = original(self, vpc_id)
    for acl in [acl for acl in self.network_acls.values() if acl.vpc_id == vpc_id]:
        del self.network_acls[acl.id]
    return vpc


@around(Instance, "prep_nics")
def know_first_interface(original, self, nic_spec: list[dict], *args, **kwargs) -> None:
    """moto ignores the security groups of an instance's interface, and does not delete it with the instance."""
    original(self, nic_spec, *args, **kwargs)
    interface = self.nics[0]
    self.security_groups = self.security_groups or list(interface.group_set)
    if not any("NetworkInterfaceId" in spec for spec in nic_spec):
        interface.delete_on_termination = True


@around(InstanceResponse, "_security_grp_instance_attribute_handler")
def change_shutdown_behavior(original, self) -> bool:
    """moto treats a changed InstanceInitiatedShutdownBehavior as the removal of all security groups."""
    behavior = self._get_param("InstanceInitiatedShutdownBehavior.Value")
    if behavior is None:
        return original(self)
    instance = self.ec2_backend.get_instance(self._get_param("InstanceId"))
    instance.instance_initiated_shutdown_behavior = behavior
    return True


_association = NetworkInterface.association.fget


@property
def association(self) -> dict | None:
    """moto reports a public address on an interface without one, so every plan replaces its instance."""
    return _association(self) or None


NetworkInterface.association = association


@around(Monitoring, "monitor_instances")
def start_monitoring(_, self) -> ActionResult:
    """moto lists this action but does not implement it; the provider calls it after creating an instance."""
    return _set_monitoring(self, "enabled")


@around(Monitoring, "unmonitor_instances")
def stop_monitoring(_, self) -> ActionResult:
    """See start_monitoring."""
    return _set_monitoring(self, "disabled")


def _set_monitoring(response, state: str) -> ActionResult:
    instances = [response.ec2_backend.get_instance(id_) for id_ in response._get_param("InstanceIds", [])]
    for instance in instances:
        instance.monitoring_state = state
    monitorings = [{"InstanceId": instance.id, "Monitoring": {"State": state}} for instance in instances]
    return ActionResult({"InstanceMonitorings": monitorings})


@around(LaunchTemplates, "create_launch_template")
def keep_own_tags_apart(original, self) -> ActionResult:
    """moto adds a template's own tags to those of its instances, so every plan removes them."""
    result = original(self)
    template = self.ec2_backend.get_launch_template(result.result["LaunchTemplate"]["LaunchTemplateId"])
    data = template.latest_version().data
    others = [tags for tags in data.pop("TagSpecifications", []) if tags["ResourceType"] != "launch-template"]
    if others:
        data["TagSpecifications"] = others
    return result
