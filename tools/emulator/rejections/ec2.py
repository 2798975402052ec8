"""EC2: networks, security groups, and endpoints."""

import base64
import ipaddress
import re

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
    """Source: VPC user guide, "VPC CIDR blocks" (/16 to /28); EC2 API reference, "Error codes"."""
    text = request["CidrBlock"]
    if not text:
        return
    try:
        network = ipaddress.IPv4Network(text)
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
