from moto.ec2.models.security_groups import SecurityGroupRule

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
