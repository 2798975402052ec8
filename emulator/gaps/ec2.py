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
    """moto keeps of a prefix list nothing but its id; see description."""
    original(self, backend, protocol, group, start, end, ip, source, prefix_list, **rest)
    self.prefix_list = prefix_list or {}


@property
def description(self) -> str | None:
    """moto has descriptions only of rules for an address range; of others, every plan wants to add them again."""
    places = (self.ip_range, self.source_group, self.prefix_list)
    return next((place["Description"] for place in places if "Description" in place), None)


SecurityGroupRule.description = description


@around(EC2Backend, "delete_nat_gateway")
def delete_interface_too(original, self, nat_gateway_id: str):
    """moto leaves a NAT gateway's network interface behind."""
    gateway = original(self, nat_gateway_id)
    self.enis.pop(gateway._eni.id, None)
    return gateway


@around(EC2Backend, "delete_vpc")
def delete_network_acl_too(original, self, vpc_id: str):
    """moto leaves a VPC's default network ACL behind."""
    vpc = original(self, vpc_id)
    for acl in [acl for acl in self.network_acls.values() if acl.vpc_id == vpc_id]:
        del self.network_acls[acl.id]
    return vpc


@around(Instance, "prep_nics")
def know_first_interface(original, self, nic_spec: list[dict], *args, **kwargs) -> None:
    """moto gives an instance no security groups of its interface's, and leaves the interface behind at its end."""
    original(self, nic_spec, *args, **kwargs)
    interface = self.nics[0]
    self.security_groups = self.security_groups or list(interface.group_set)
    if not any("NetworkInterfaceId" in spec for spec in nic_spec):
        interface.delete_on_termination = True


@around(InstanceResponse, "_security_grp_instance_attribute_handler")
def change_shutdown_behavior(original, self) -> bool:
    """moto takes a changed InstanceInitiatedShutdownBehavior for a change to no security groups at all."""
    behavior = self._get_param("InstanceInitiatedShutdownBehavior.Value")
    if behavior is None:
        return original(self)
    instance = self.ec2_backend.get_instance(self._get_param("InstanceId"))
    instance.instance_initiated_shutdown_behavior = behavior
    return True


_association = NetworkInterface.association.fget


@property
def association(self) -> dict | None:
    """moto says of an interface without a public address that it has one, and every plan replaces its instance."""
    return _association(self) or None


NetworkInterface.association = association


@around(Monitoring, "monitor_instances")
def start_monitoring(_, self) -> ActionResult:
    """moto names this action and refuses it; the provider calls it after it has created an instance."""
    return _set_monitoring(self, "enabled")


@around(Monitoring, "unmonitor_instances")
def stop_monitoring(_, self) -> ActionResult:
    """See start_monitoring."""
    return _set_monitoring(self, "disabled")


def _set_monitoring(response, state: str) -> ActionResult:
    instances = [response.ec2_backend.get_instance(id_) for id_ in response._get_param("InstanceIds", [])]
    for instance in instances:
        instance.monitoring_state = state
    told = [{"InstanceId": instance.id, "Monitoring": {"State": state}} for instance in instances]
    return ActionResult({"InstanceMonitorings": told})


@around(LaunchTemplates, "create_launch_template")
def keep_own_tags_apart(original, self) -> ActionResult:
    """moto puts a template's own tags among those for instances, and every plan wants to take them out."""
    result = original(self)
    template = self.ec2_backend.get_launch_template(result.result["LaunchTemplate"]["LaunchTemplateId"])
    data = template.latest_version().data
    others = [tags for tags in data.pop("TagSpecifications", []) if tags["ResourceType"] != "launch-template"]
    if others:
        data["TagSpecifications"] = others
    return result
