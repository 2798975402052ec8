"""EC2: networks, security groups, and endpoints."""

import base64
import ipaddress
import re

from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend

from .rejection import Rejection, rejects
from .request import Request

# Inbound or outbound rules of a security group. Source: VPC user guide, "Amazon VPC quotas".
MOST_RULES = 60
# Rules that a reference to an AWS-managed prefix list counts as. Source: VPC user guide, "AWS-managed prefix list weight".
WEIGHTS = {
    "com.amazonaws.global.cloudfront.origin-facing": 55,
    "com.amazonaws.global.ipv6.cloudfront.origin-facing": 55,
    "com.amazonaws.global.groundstation": 5,
    "com.amazonaws.{region}.route53-healthchecks": 25,
    "com.amazonaws.{region}.ipv6.route53-healthchecks": 25,
    "com.amazonaws.{region}.ec2-instance-connect": 2,
    "com.amazonaws.{region}.ipv6.ec2-instance-connect": 2,
}


@rejects("ec2", "CreateSubnet")
def zone_of_region(request: Request) -> None:
    """moto accepts the zones of every region. Source: EC2 API reference, "Error codes"; public reports quote the message."""
    zone, zones = request["AvailabilityZone"], [one.name for one in RegionsAndZonesBackend.zones[request.region]]
    if zone and zone not in zones:
        raise Rejection(
            "InvalidParameterValue",
            f"Value ({zone}) for parameter availabilityZone is invalid. Subnets can currently only be created in the "
            f"following availability zones: {', '.join(zones)}.",
        )


@rejects("ec2", "AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress")
def rules_per_group(request: Request) -> None:
    """Source: VPC user guide, "Amazon VPC quotas"; EC2 API reference, "Error codes", RulesPerSecurityGroupLimitExceeded."""
    backend = request.backend()
    group = backend.get_security_group_from_id(request["GroupId"]) if request["GroupId"] else None
    if group is None:
        return
    inbound = request.operation.endswith("Ingress")
    held = group.ingress_rules if inbound else group.egress_rules
    count = sum(_weight_of_rule(request, rule) for rule in held)
    count += sum(_weight_of_permission(request, permission) for permission in request["IpPermissions"] or [])
    if count > MOST_RULES:
        raise Rejection(
            "RulesPerSecurityGroupLimitExceeded", "The maximum number of rules per security group has been reached."
        )


def _weight_of_rule(request: Request, rule) -> int:
    entry = getattr(rule, "prefix_list", None) or {}
    return _weight(request, entry.get("PrefixListId")) if entry.get("PrefixListId") else 1


def _weight_of_permission(request: Request, permission: dict) -> int:
    lists = permission.get("PrefixListIds") or []
    others = ("IpRanges", "Ipv6Ranges", "UserIdGroupPairs", "Groups")
    return sum(_weight(request, one.get("PrefixListId")) for one in lists) + sum(
        len(permission.get(name) or []) for name in others
    )


def _weight(request: Request, prefix_list: str) -> int:
    """Weight of a prefix list: AWS's own for a managed one, the maximum number of entries for a custom one."""
    found = request.backend().managed_prefix_lists.get(prefix_list)
    if found is None:
        return 1
    weights = {name.format(region=request.region): weight for name, weight in WEIGHTS.items()}
    return weights.get(found.prefix_list_name) or int(found.max_entries or 1)


@rejects("ec2", "AttachInternetGateway")
def second_gateway(request: Request) -> None:
    """Source: EC2 API reference, "Error codes", Resource.AlreadyAssociated and InvalidParameterValue."""
    for gateway in request.backend().internet_gateways.values():
        vpc = getattr(gateway.vpc, "id", None)
        if vpc and gateway.id == request["InternetGatewayId"]:
            raise Rejection("Resource.AlreadyAssociated", f"resource {gateway.id} is already attached to network {vpc}")
        if vpc and vpc == request["VpcId"]:
            raise Rejection("InvalidParameterValue", f"Network {vpc} already has an internet gateway attached")


@rejects("ec2", "CreateVpc", "CreateSubnet")
def block(request: Request) -> None:
    """Source: VPC user guide, "VPC CIDR blocks" (/16 to /28); API reference of CreateVpc (host bits), "Error codes"."""
    text = request["CidrBlock"]
    if not text:
        return
    try:
        network = ipaddress.IPv4Network(text, strict=False)  # AWS clears host bits
    except ValueError:
        raise Rejection(
            "InvalidParameterValue",
            f"Value ({text}) for parameter cidrBlock is invalid. This is not a valid CIDR block.",
        ) from None
    if not 16 <= network.prefixlen <= 28:
        kind = "InvalidVpc.Range" if request.operation == "CreateVpc" else "InvalidSubnet.Range"
        raise Rejection(kind, f"The CIDR '{text}' is invalid.")


@rejects("ec2", "AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress")
def ports(request: Request) -> None:
    """Source: API reference of IpPermission; EC2 API reference, "Error codes", InvalidParameterValue."""
    for permission in request["IpPermissions"] or []:
        protocol = str(permission.get("IpProtocol"))
        low, high = permission.get("FromPort"), permission.get("ToPort")
        if not re.fullmatch(r"-1|\d{1,3}|tcp|udp|icmp|icmpv6|all", protocol.lower()):
            # Public reports quote it.
            raise Rejection(
                "InvalidParameterValue", f"Invalid value '{protocol}' for IP protocol. Unknown protocol."
            )
        if protocol in ("tcp", "udp", "6", "17"):
            if low is None or high is None:
                raise Rejection("MissingParameter", "TCP/UDP port range must be specified")
            if int(low) > int(high) or not (0 <= int(low) <= 65535 and 0 <= int(high) <= 65535):
                raise Rejection("InvalidParameterValue", f"Invalid TCP/UDP port range ({low}:{high})")
        for entry in permission.get("IpRanges") or []:
            _check_block(entry.get("CidrIp"))


def _check_block(text: str | None) -> None:
    try:
        ipaddress.IPv4Network(text, strict=False)
    except (ValueError, TypeError):
        raise Rejection("InvalidParameterValue", f"CIDR block {text} is malformed") from None


# Source: API reference of CreateSecurityGroup, GroupDescription, and IpRange, Description.
DESCRIPTION = re.compile(r"[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]{0,255}")
CHARACTERS = "Valid descriptions are strings less than 256 characters from the following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*"


@rejects("ec2", "CreateSecurityGroup")
def group_description(request: Request) -> None:
    """Source: API reference of CreateSecurityGroup; public reports quote the messages."""
    text = request["Description"] or ""
    if not text.isascii():
        raise Rejection(
            "InvalidParameterValue",
            f"Value ({text}) for parameter GroupDescription is invalid. Character sets beyond ASCII are not supported.",
        )
    if not DESCRIPTION.fullmatch(text):
        raise Rejection("InvalidParameterValue", f"Invalid security group description. {CHARACTERS}")


@rejects("ec2", "AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress")
def rule_descriptions(request: Request) -> None:
    """Source: API reference of IpRange, Description."""
    members = ("IpRanges", "Ipv6Ranges", "PrefixListIds", "UserIdGroupPairs", "Groups")
    sources = [
        source for one in request["IpPermissions"] or [] for member in members for source in one.get(member) or []
    ]
    if not all(DESCRIPTION.fullmatch(source.get("Description") or "") for source in sources):
        raise Rejection("InvalidParameterValue", f"Invalid rule description. {CHARACTERS}")


@rejects("ec2", "CreateVpcEndpoint")
def endpoint(request: Request) -> None:
    """Source: API reference of CreateVpcEndpoint; public reports quote the messages."""
    kind, service = request["VpcEndpointType"] or "Gateway", request["ServiceName"] or ""
    if kind == "Gateway" and service.startswith("com.amazonaws.") and service.split(".")[-1] not in GATEWAY_SERVICES:
        raise Rejection(
            "InvalidParameter", "Endpoint type (Gateway) does not match available service types ([Interface])."
        )
    zones: set[str] = set()
    for name in request["SubnetIds"] or []:
        subnet = _subnet(request, name)
        zone = subnet.availability_zone if subnet is not None else name
        if zone in zones:
            raise Rejection(
                "DuplicateSubnetsInSameZone",
                f"Found another VPC endpoint subnet in the availability zone of {name}. VPC endpoint subnets should be in "
                "different availability zones supported by the VPC endpoint service.",
            )
        zones.add(zone)


# Source: AWS PrivateLink guide, "Gateway endpoints".
GATEWAY_SERVICES = ("s3", "dynamodb", "s3express")


@rejects("ec2", "CreateVpcEndpoint")
def private_dns_without_dns(request: Request) -> None:
    """Source: AWS PrivateLink guide, "Interface endpoint private DNS"; public reports quote the message."""
    vpc = request.backend().vpcs.get(request["VpcId"])
    if request["VpcEndpointType"] != "Interface" or request["PrivateDnsEnabled"] is False or vpc is None:
        return
    if not (_is_on(vpc.enable_dns_support) and _is_on(vpc.enable_dns_hostnames)):
        raise Rejection(
            "InvalidParameter",
            "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for "
            f"{vpc.id}",
        )


def _is_on(value) -> bool:
    return str(value).lower() == "true"


def _subnet(request: Request, name: str):
    return next((zone[name] for zone in request.backend().subnets.values() if name in zone), None)


@rejects("ec2", "CreateVpcEndpoint")
def private_dns_names(request: Request) -> None:
    """Source: AWS PrivateLink guide, "Interface endpoint private DNS"; PingCAP's TiDB Cloud docs quote the message.
    """
    if request["VpcEndpointType"] != "Interface" or request["PrivateDnsEnabled"] is False:
        return
    vpc, service = request["VpcId"], request["ServiceName"]
    for endpoint in request.backend().vpc_end_points.values():
        same = (endpoint.vpc_id, endpoint.service_name, endpoint.state) == (vpc, service, "available")
        if same and str(endpoint.private_dns_enabled).lower() != "false":
            name = ".".join(reversed(service.split(".")[3:]))
            raise Rejection(
                "InvalidParameter",
                "private-dns-enabled cannot be set because there is already a conflicting DNS domain for "
                f"{name}.{request.region}.amazonaws.com in the VPC {vpc}",
            )


# Bytes before base64. Source: EC2 user guide, "Run commands when you launch an EC2 instance with user data input".
MOST_USER_DATA = 16_384


@rejects("ec2", "RunInstances")
def user_data(request: Request) -> None:
    """Source: API reference of RunInstances, UserData; public reports quote the message."""
    try:
        size = len(base64.b64decode(request["UserData"] or ""))
    except ValueError:
        raise Rejection("InvalidUserData.Malformed", "Invalid BASE64 encoding of user data.") from None
    if size > MOST_USER_DATA:
        raise Rejection("InvalidParameterValue", f"User data is limited to {MOST_USER_DATA} bytes")


@rejects("ec2", "RunInstances")
def image_id(request: Request) -> None:
    """Source: EC2 API reference, "Error codes", InvalidAMIID.Malformed."""
    image = request["ImageId"]
    if image and not image.startswith(("ami-", "resolve:ssm:")):
        raise Rejection("InvalidAMIID.Malformed", f'Invalid id: "{image}" (expecting "ami-...")')


@rejects("ec2", "CreateSecurityGroup")
def group_name(request: Request) -> None:
    """Source: API reference of CreateSecurityGroup, GroupName; public reports quote the message."""
    name = request["GroupName"] or ""
    if name.lower().startswith("sg-"):
        raise Rejection(
            "InvalidParameterValue",
            f"Value ({name}) for parameter GroupName is invalid. Group names may not be in the format sg-*.",
        )


@rejects("ec2", "DeleteInternetGateway")
def attached_gateway(request: Request) -> None:
    """Source: API reference of DeleteInternetGateway; EC2 API reference, "Error codes", DependencyViolation."""
    gateway = request.backend().internet_gateways.get(request["InternetGatewayId"])
    if gateway is not None and gateway.vpc is not None:
        raise Rejection(
            "DependencyViolation", f"The internetGateway '{gateway.id}' has dependencies and cannot be deleted."
        )


@rejects("ec2", "DetachInternetGateway")
def mapped_addresses(request: Request) -> None:
    """Source: API reference of DetachInternetGateway; public reports quote the message."""
    backend, vpc = request.backend(), request["VpcId"]
    if any(address.eni is not None and address.eni.subnet.vpc_id == vpc for address in backend.addresses):
        raise Rejection(
            "DependencyViolation",
            f"Network {vpc} has some mapped public address(es). Please unmap those public address(es) before detaching the "
            "gateway.",
        )


@rejects("ec2", "DeleteSubnet")
def subnet_in_use(request: Request) -> None:
    """Source: EC2 API reference, "Error codes", DependencyViolation; public reports quote the message."""
    name = request["SubnetId"]
    if any(eni.subnet is not None and eni.subnet.id == name for eni in request.backend().enis.values()):
        raise Rejection("DependencyViolation", f"The subnet '{name}' has dependencies and cannot be deleted.")


@rejects("ec2", "DeleteSecurityGroup")
def group_in_use(request: Request) -> None:
    """Source: EC2 API reference, "Error codes", DependencyViolation; public reports quote the message."""
    backend, name = request.backend(), request["GroupId"]
    sources = [
        (rule.source_group or {}).get("GroupId")
        for groups in backend.groups.values()
        for group in groups.values()
        if group.id != name
        for rule in [*group.ingress_rules, *group.egress_rules]
    ]
    interfaces = [group.id for eni in backend.enis.values() for group in eni.group_set or []]
    if name and name in [*sources, *interfaces]:
        raise Rejection("DependencyViolation", f"resource {name} has a dependent object")


@rejects("ec2", "AssociateRouteTable")
def second_route_table(request: Request) -> None:
    """Source: EC2 API reference, "Error codes", Resource.AlreadyAssociated; public reports quote the message."""
    for table in request.backend().route_tables.values():
        if table.id != request["RouteTableId"] and request["SubnetId"] in table._associations.values():
            raise Rejection(
                "Resource.AlreadyAssociated",
                f"the specified association for route table {request['RouteTableId']} conflicts with an existing association",
            )


@rejects("ec2", "CreateRoute", "ReplaceRoute")
def route_target(request: Request) -> None:
    """Source: EC2 API reference, "Error codes", InvalidNatGatewayID.NotFound."""
    name = request["NatGatewayId"]
    if name and name not in request.backend().nat_gateways:
        raise Rejection("InvalidNatGatewayID.NotFound", f"The natGateway ID '{name}' does not exist")


@rejects("ec2", "CreateRoute", "ReplaceRoute")
def gateway_of_another_vpc(request: Request) -> None:
    """Source: EC2 API reference, "Error codes", InvalidParameterValue; public reports quote the message."""
    table = request.backend().route_tables.get(request["RouteTableId"])
    gateway = request.backend().internet_gateways.get(request["GatewayId"])
    if table is not None and gateway is not None and getattr(gateway.vpc, "id", None) != table.vpc_id:
        raise Rejection(
            "InvalidParameterValue",
            f"route table {table.id} and network gateway {gateway.id} belong to different networks",
        )


@rejects("ec2", "AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress")
def prefix_lists(request: Request) -> None:
    """Source: EC2 API reference, "Error codes", InvalidPrefixListID.NotFound."""
    for permission in request["IpPermissions"] or []:
        for entry in permission.get("PrefixListIds") or []:
            if entry.get("PrefixListId") not in request.backend().managed_prefix_lists:
                raise Rejection(
                    "InvalidPrefixListID.NotFound", f"The prefix list ID '{entry.get('PrefixListId')}' does not exist"
                )


@rejects("ec2", "CreateNatGateway")
def address(request: Request) -> None:
    """Source: API reference of CreateNatGateway, AllocationId; EC2 API reference, "Error codes"."""
    name, kind = request["AllocationId"], request["ConnectivityType"] or "public"
    if kind == "public" and not name:
        raise Rejection("MissingParameter", "The request must contain the parameter AllocationId")
    if name and all(one.allocation_id != name for one in request.backend().addresses):
        raise Rejection("InvalidAllocationID.NotFound", f"The allocation ID '{name}' does not exist")


@rejects("ec2", "RunInstances")
def instance_type(request: Request) -> None:
    """The names follow a pattern, which is all that is checked. Public reports quote the message."""
    name = request["InstanceType"]
    if name and not re.fullmatch(r"[a-z0-9-]+\.(nano|micro|small|medium|large|\d*xlarge|metal(-\d+xl)?)", name):
        raise Rejection("InvalidParameterValue", f"Invalid value '{name}' for InstanceType.")


@rejects("ec2", "CreateNatGateway")
def address_in_use(request: Request) -> None:
    """Source: EC2 API reference, "Error codes", Resource.AlreadyAssociated."""
    name = request["AllocationId"]
    for address in request.backend().addresses:
        if name and address.allocation_id == name and address.association_id:
            raise Rejection("Resource.AlreadyAssociated", f"Elastic IP address [{name}] is already associated")
