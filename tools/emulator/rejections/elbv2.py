"""Elastic Load Balancing: load balancers, listeners, rules, and target groups."""

import re

from moto.elbv2.models import FakeLoadBalancer

from .certificates import is_pending
from .policies import parse_json
from .rejection import Rejection, rejects
from .request import Request
from .service_callers import ServiceCall


def _invalid(message: str) -> Rejection:
    return Rejection("ValidationError", message)


@rejects("elbv2", "CreateListener")
def taken_port(request: Request) -> None:
    """Source: API reference of CreateListener, DuplicateListener."""
    arn = request["LoadBalancerArn"]
    balancer = request.backend().load_balancers.get(arn)
    if balancer is None:
        raise Rejection("LoadBalancerNotFound", f"Load balancers '[{arn}]' not found")
    if any(str(listener.port) == str(request["Port"]) for listener in balancer.listeners.values()):
        raise Rejection("DuplicateListener", f"A listener already exists on this port for this load balancer '{arn}'")


@rejects("elbv2", "CreateListener", "ModifyListener")
def certificate(request: Request) -> None:
    """Source: API reference of CreateListener, CertificateNotFound and InvalidConfigurationRequest."""
    secure = request["Protocol"] in ("HTTPS", "TLS")
    if (
        request["Protocol"]
        and secure != bool(request["Certificates"])
        and not (secure and request.operation == "ModifyListener")
    ):
        if secure:
            raise _invalid("A certificate must be specified for HTTPS listeners")
        raise _invalid(f"Certificates cannot be specified for {request['Protocol']} listeners")


@rejects("elbv2", "CreateListener", "ModifyListener", "AddListenerCertificates")
def certificate_status(request: Request) -> None:
    """Source: API reference of CreateListener, UnsupportedCertificate; public reports quote the message."""
    for entry in request["Certificates"] or []:
        arn = entry.get("CertificateArn") or ""
        if is_pending(arn):
            raise Rejection(
                "UnsupportedCertificate",
                f"The certificate '{arn}' must have a fully-qualified domain name, a supported signature, and a supported key "
                "size.",
            )


@rejects("elbv2", "CreateLoadBalancer")
def load_balancer(request: Request) -> None:
    """Source: API reference of CreateLoadBalancer; user guide, "Create an Application Load Balancer"."""
    name = request["Name"] or ""
    if len(name) > 32:
        raise _invalid(f"The load balancer name '{name}' cannot be longer than '32' characters")
    if not re.fullmatch(r"[A-Za-z0-9-]+", name):
        raise _invalid(
            f"The load balancer name '{name}' can only contain characters that are alphanumeric characters and hyphens(-)"
        )
    if name.startswith("-") or name.endswith("-"):
        raise _invalid(f"The load balancer name '{name}' cannot begin or end with a hyphen(-)")
    if name.startswith("internal-"):
        raise _invalid(f"The load balancer name '{name}' cannot begin with 'internal-'")
    subnets = request["Subnets"] or [mapping.get("SubnetId") for mapping in request["SubnetMappings"] or []]
    known = request.backend("ec2")
    zones = set()
    for subnet in subnets:
        found = next((each[subnet] for each in known.subnets.values() if subnet in each), None)
        if found is not None and found.availability_zone in zones:
            raise Rejection(
                "InvalidConfigurationRequest",
                "A load balancer cannot be attached to multiple subnets in the same Availability Zone",
            )
        zones.add(found.availability_zone if found else subnet)
    if request["Type"] in (None, "application") and len(subnets) < 2:
        raise _invalid("At least two subnets in two different Availability Zones must be specified")


@rejects("elbv2", "CreateLoadBalancer")
def network(request: Request) -> None:
    """Source: API reference of CreateLoadBalancer, SubnetNotFound, InvalidSubnet, and InvalidSecurityGroup; public reports quote
    the messages.
    """
    ec2 = request.backend("ec2")
    vpcs = set()
    for name in request["Subnets"] or [mapping.get("SubnetId") for mapping in request["SubnetMappings"] or []]:
        subnet = next((zone[name] for zone in ec2.subnets.values() if name in zone), None)
        if subnet is None:
            raise Rejection("SubnetNotFound", f"The subnet ID '{name}' does not exist")
        vpcs.add(subnet.vpc_id)
    for name in request["SecurityGroups"] or []:
        if not any(name in groups for groups in ec2.groups.values()):
            raise Rejection("InvalidSecurityGroup", f"The security group '{name}' does not exist")
    attached = {gateway.vpc.id for gateway in ec2.internet_gateways.values() if gateway.vpc is not None}
    attached |= {vpc.id for vpc in ec2.vpcs.values() if vpc.is_default}  # moto's has no gateway
    for vpc in vpcs - attached:
        if request["Scheme"] != "internal":
            raise Rejection("InvalidSubnet", f"VPC {vpc} has no internet gateway")


@rejects("elbv2", "CreateTargetGroup", "ModifyTargetGroup")
def target_group(request: Request) -> None:
    """Source: API reference of CreateTargetGroup; terraform-linters/tflint-ruleset-aws #404 for the timeout."""
    name = request["Name"]
    if name is not None and len(name) > 32:
        raise _invalid(f"Target group name '{name}' cannot be longer than '32' characters")
    if name is not None and not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?", name):
        raise _invalid(
            f"Target group name '{name}' can only contain characters that are alphanumeric characters or hyphens(-), and "
            "cannot begin or end with a hyphen"
        )
    interval, timeout = request["HealthCheckIntervalSeconds"], request["HealthCheckTimeoutSeconds"]
    if interval is not None and timeout is not None and int(timeout) >= int(interval):
        raise _invalid("Health check interval must be greater than the timeout.")


@rejects("elbv2", "CreateTargetGroup", "ModifyTargetGroup")
def health_check_path(request: Request) -> None:
    """Source: API reference of CreateTargetGroup, HealthCheckPath; the message is paraphrased."""
    path = request["HealthCheckPath"]
    if path is not None and not path.startswith("/"):
        raise _invalid(f"Health check path '{path}' must begin with a '/' character")


@rejects("elbv2", "CreateTargetGroup")
def taken_target_group(request: Request) -> None:
    """Source: API reference of CreateTargetGroup, DuplicateTargetGroupName; public reports quote the message."""
    name = request["Name"]
    if any(group.name == name for group in request.backend().target_groups.values()):
        raise Rejection(
            "DuplicateTargetGroupName",
            f"A target group with the same name '{name}' exists, but with different settings",
        )


# Status codes. Source: API reference of Matcher, HttpCode.
HTTP_CODES = (200, 499)


@rejects("elbv2", "CreateTargetGroup", "ModifyTargetGroup")
def matcher(request: Request) -> None:
    """Source: as above; public reports quote the message about the range, the others are paraphrased."""
    codes = request["Matcher"] or {}
    text = codes.get("HttpCode") or ""
    if text and not re.fullmatch(r"\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*", text):
        raise _invalid(f"Health check matcher HTTP code '{text}' must be a list of codes or ranges such as '200,301-302'")
    for code in re.findall(r"\d+", text):
        if not HTTP_CODES[0] <= int(code) <= HTTP_CODES[1]:
            raise _invalid(f"Health check matcher HTTP code '{text}' must be within '200-499' inclusive")
    if codes.get("GrpcCode") and request.operation == "CreateTargetGroup" and request["ProtocolVersion"] != "GRPC":
        raise _invalid("Health check matcher GRPC codes require the protocol version 'GRPC'")


OF_APPLICATIONS = ("HTTP", "HTTPS")
PROTOCOL_VERSIONS = ("HTTP1", "HTTP2", "GRPC")


@rejects("elbv2", "CreateTargetGroup")
def protocols(request: Request) -> None:
    """Source: API reference of CreateTargetGroup, HealthCheckProtocol and ProtocolVersion; the messages are paraphrased."""
    protocol, of_check, version = request["Protocol"], request["HealthCheckProtocol"], request["ProtocolVersion"]
    if protocol in OF_APPLICATIONS and of_check and of_check not in OF_APPLICATIONS:
        raise _invalid(f"Health check protocol '{of_check}' is not supported for target groups with the protocol '{protocol}'")
    if version and version not in PROTOCOL_VERSIONS:
        raise _invalid(f"Protocol version '{version}' must be one of '{', '.join(PROTOCOL_VERSIONS)}'")


@rejects("elbv2", "CreateTargetGroup", "ModifyTargetGroup")
def health_check_port(request: Request) -> None:
    """Source: API reference of CreateTargetGroup, HealthCheckPort; the message is paraphrased."""
    port = request["HealthCheckPort"]
    if port and port != "traffic-port" and not (port.isdigit() and 1 <= int(port) <= 65_535):
        raise _invalid(f"Health check port '{port}' must be 'traffic-port' or between '1-65535' inclusive")


SWITCH = ("true", "false")
# A week.
STICKY_SECONDS = [range(1, 604_801)]

# Attributes of a target group of an Application Load Balancer, with their values; None is any value. Source: API reference
# of TargetGroupAttribute.
GROUP_ATTRIBUTES = {
    "deregistration_delay.timeout_seconds": [range(0, 3601)],
    "stickiness.enabled": SWITCH,
    "stickiness.type": ("lb_cookie", "app_cookie"),
    "stickiness.app_cookie.cookie_name": None,
    "stickiness.app_cookie.duration_seconds": STICKY_SECONDS,
    "stickiness.lb_cookie.duration_seconds": STICKY_SECONDS,
    "load_balancing.algorithm.type": ("round_robin", "least_outstanding_requests", "weighted_random"),
    "load_balancing.algorithm.anomaly_mitigation": ("on", "off"),
    "load_balancing.cross_zone.enabled": (*SWITCH, "use_load_balancer_configuration"),
    "slow_start.duration_seconds": [range(0, 1), range(30, 901)],
    "target_group_health.dns_failover.minimum_healthy_targets.count": None,
    "target_group_health.dns_failover.minimum_healthy_targets.percentage": None,
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count": None,
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": None,
    "lambda.multi_value_headers.enabled": SWITCH,
}
# Cookies of the load balancer itself.
RESERVED_COOKIES = ("AWSALB", "AWSALBAPP", "AWSALBTG")

# Attributes of a load balancer with a limited choice of values. Source: API reference of LoadBalancerAttribute.
BALANCER_ATTRIBUTES = {
    **{key: SWITCH for key in FakeLoadBalancer.VALID_ATTRS if key.endswith(".enabled")},
    "idle_timeout.timeout_seconds": [range(1, 4001)],
    "client_keep_alive.seconds": [range(60, 604_801)],
    "routing.http.desync_mitigation_mode": ("monitor", "defensive", "strictest"),
    "routing.http.xff_header_processing.mode": ("append", "preserve", "remove"),
}


@rejects("elbv2", "ModifyTargetGroupAttributes")
def group_attributes(request: Request) -> None:
    """Source: as above; the messages follow those about load balancers."""
    group = request.backend().target_groups.get(request["TargetGroupArn"])
    if group is None or group.protocol not in OF_APPLICATIONS:
        return
    for key, value in _attributes(request):
        if key not in GROUP_ATTRIBUTES:
            raise _invalid(f"Target group attribute key '{key}' is not recognized")
        _check_attribute(key, value, GROUP_ATTRIBUTES[key])
        if key == "stickiness.app_cookie.cookie_name" and value in RESERVED_COOKIES:
            raise _invalid(f"The cookie name '{value}' is reserved")


@rejects("elbv2", "ModifyLoadBalancerAttributes")
def balancer_attributes(request: Request) -> None:
    """Source: as above. The message about values is paraphrased."""
    for key, value in _attributes(request):
        if key not in FakeLoadBalancer.VALID_ATTRS:
            raise _invalid(f"Load balancer attribute key '{key}' is not recognized")
        _check_attribute(key, value, BALANCER_ATTRIBUTES.get(key))


def _attributes(request: Request) -> list[tuple[str, str]]:
    return [(one.get("Key") or "", one.get("Value") or "") for one in request["Attributes"] or []]


def _check_attribute(key: str, value: str, allowed: tuple[str, ...] | list[range] | None) -> None:
    """Rejects a value that is none of the allowed words, or a number in none of the allowed ranges."""
    if isinstance(allowed, tuple) and value not in allowed:
        raise _invalid(f"'{key}' value '{value}' must be one of '{', '.join(allowed)}'")
    if isinstance(allowed, list) and not (value.isdigit() and any(int(value) in numbers for numbers in allowed)):
        ranges = (f"{numbers[0]}-{numbers[-1]}" if len(numbers) > 1 else str(numbers[0]) for numbers in allowed)
        raise _invalid(f"'{key}' value '{value}' must be between '{' or '.join(ranges)}' inclusive")


@rejects("elbv2", "CreateListener", "ModifyListener", "CreateRule", "ModifyRule")
def group_of_another_balancer(request: Request) -> None:
    """Source: API reference of CreateListener, TargetGroupAssociationLimit; public reports quote the message."""
    backend = request.backend()
    balancer = request["LoadBalancerArn"] or _balancer_of(backend, request["ListenerArn"] or request["RuleArn"])
    for action in [*(request["DefaultActions"] or []), *(request["Actions"] or [])]:
        weighted = (action.get("ForwardConfig") or {}).get("TargetGroups") or []
        for arn in filter(None, [action.get("TargetGroupArn"), *(one.get("TargetGroupArn") for one in weighted)]):
            group = backend.target_groups.get(arn)
            if balancer and group is not None and set(group.load_balancer_arns) - {balancer}:
                raise Rejection(
                    "TargetGroupAssociationLimit",
                    f"The following target groups cannot be associated with more than one load balancer: {arn}",
                )


def _balancer_of(backend, arn: str | None) -> str | None:
    for balancer in backend.load_balancers.values():
        for listener in balancer.listeners.values():
            if arn in (listener.arn, *(rule.arn for rule in listener.rules.values())):
                return balancer.arn
    return None


@rejects("elbv2", "DeleteTargetGroup")
def target_group_in_use(request: Request) -> None:
    """Source: API reference of DeleteTargetGroup, ResourceInUse."""
    arn = request["TargetGroupArn"]
    for balancer in request.backend().load_balancers.values():
        for listener in balancer.listeners.values():
            actions = [action for rule in listener.rules.values() for action in rule.actions]
            if any(arn in str(action.data) for action in actions):
                raise Rejection("ResourceInUse", f"Target group '{arn}' is currently in use by a listener or a rule")


@rejects("elbv2", "DeleteLoadBalancer")
def deletion_protection(request: Request) -> None:
    """Source: API reference of DeleteLoadBalancer, OperationNotPermitted."""
    balancer = request.backend().load_balancers.get(request["LoadBalancerArn"])
    if balancer is not None and str(balancer.attrs.get("deletion_protection.enabled")).lower() == "true":
        raise Rejection(
            "OperationNotPermitted",
            f"Load balancer '{request['LoadBalancerArn']}' cannot be deleted because deletion protection is enabled",
        )


# Load balancers deliver logs as this service or, in regions from before August 2022, as one of AWS's accounts. They send no
# condition keys. Source: user guide, "Enable access logs for your Application Load Balancer": its policies have no condition.
LOG_DELIVERY = ("logdelivery.elasticloadbalancing.amazonaws.com", "arn:aws:iam::*:root")


@rejects("elbv2", "ModifyLoadBalancerAttributes")
def access_logs(request: Request) -> None:
    """Source: user guide, "Troubleshoot: Access Denied for bucket"."""
    attributes = {one.get("Key"): one.get("Value") for one in request["Attributes"] or []}
    if attributes.get("access_logs.s3.enabled") != "true":
        return
    name, prefix = attributes.get("access_logs.s3.bucket"), attributes.get("access_logs.s3.prefix") or ""
    bucket = request.backend("s3").buckets.get(name)
    start = f"{prefix}/" if prefix else ""
    test_file = f"arn:aws:s3:::{name}/{start}AWSLogs/{request.account}/ELBAccessLogTestFile"
    policy = parse_json(bucket.policy) if bucket is not None else None
    if not ServiceCall(LOG_DELIVERY, "s3:PutObject", test_file).is_allowed_by([policy]):
        raise Rejection(
            "InvalidConfigurationRequest", f"Access Denied for bucket: {name}. Please check S3bucket permission"
        )


@rejects("elbv2", "CreateLoadBalancer")
def taken_name(request: Request) -> None:
    """Source: API reference of CreateLoadBalancer, DuplicateLoadBalancerName."""
    name = request["Name"]
    if any(balancer.name == name for balancer in request.backend().load_balancers.values()):
        raise Rejection(
            "DuplicateLoadBalancerName",
            f"A load balancer with the same name '{name}' exists, but with different settings",
        )


@rejects("elbv2", "CreateListener", "ModifyListener")
def security_policy(request: Request) -> None:
    """Source: API reference of CreateListener, SSLPolicyNotFound; public reports quote the message about plain listeners. The
    names follow a pattern, which is all that is checked.
    """
    policy, protocol = request["SslPolicy"], request["Protocol"]
    if policy and protocol and protocol not in ("HTTPS", "TLS"):
        raise _invalid(f"An SSL policy cannot be specifed for {protocol} listeners")
    if policy and not re.fullmatch(r"ELBSecurityPolicy-[A-Za-z0-9-]+", policy):
        raise Rejection("SSLPolicyNotFound", f"SSL policy '{policy}' not found")
