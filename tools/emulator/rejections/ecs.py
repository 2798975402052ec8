"""ECS: services, clusters, and task definitions for Fargate."""

import re

from .constraints import enums_in
from .rejection import Rejection, follows, rejects
from .request import Request

# Task sizes of Fargate: CPU units and MiB. Source: ECS developer guide, "Task CPU and memory".
FARGATE_SIZES = {
    256: [512, 1024, 2048],
    512: range(1024, 4096 + 1, 1024),
    1024: range(2048, 8192 + 1, 1024),
    2048: range(4096, 16384 + 1, 1024),
    4096: range(8192, 30720 + 1, 1024),
    8192: range(16384, 61440 + 1, 4096),
    16384: range(32768, 122880 + 1, 8192),
}
# Parameters of a task definition, of its containers, and of their `linuxParameters` that Fargate does not have. Source: ECS
# developer guide, "Task definition differences for Fargate".
NOT_ON_FARGATE = ("ipcMode", "placementConstraints")
NOT_IN_FARGATE_CONTAINERS = (
    "disableNetworking", "dnsSearchDomains", "dnsServers", "dockerSecurityOptions", "extraHosts",
)  # fmt: skip
NOT_IN_FARGATE_LINUX = ("devices", "sharedMemorySize", "maxSwap", "swappiness")  # Fargate has tmpfs since January 2026
# GiB. Source: API reference of EphemeralStorage, sizeInGiB.
EPHEMERAL_STORAGE = (21, 200)
# Seconds. Source: API reference of ContainerDefinition, startTimeout.
START_TIMEOUT = (2, 120)
# Source: AWS General Reference, "Amazon ECS endpoints and quotas".
MOST_CONTAINERS = 10
FARGATE_LOG_DRIVERS = ("awslogs", "splunk", "awsfirelens")
NOT_ASSOCIATED = (
    "The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. "
    "Associate the capacity provider with the cluster or specify a valid capacity provider and try again."
)
# Seconds. Source: ECS developer guide, "Task definition parameters for Fargate", stopTimeout.
MOST_STOP_TIMEOUT = 120

# Fields of UpdateService that a CODE_DEPLOY service rejects. Source: API reference of UpdateService ("only the desired
# count, deployment configuration, health check grace period, ... can be updated"), and the message in boto/boto3 #1936.
LEFT_TO_CODE_DEPLOY = {
    "taskDefinition": "task definition",
    "networkConfiguration": "network parameters",
    "loadBalancers": "load balancers",
    "capacityProviderStrategy": "capacity provider strategy",
    "platformVersion": "platform version",
    "serviceRegistries": "service registries",
    "serviceConnectConfiguration": "service connect configuration",
    "volumeConfigurations": "volume configurations",
    "vpcLatticeConfigurations": "VPC Lattice configurations",
    "placementConstraints": "placement constraints",
    "placementStrategy": "placement strategies",
}


def _invalid(message: str) -> Rejection:
    return Rejection("InvalidParameterException", message)


def _client(message: str) -> Rejection:
    return Rejection("ClientException", message)


def _short(name: str | None) -> str:
    return (name or "default").split("/")[-1]


def _service(request: Request, name_field: str = "service"):
    services = request.backend().services
    return services.get(f"{_short(request['cluster'])}:{_short(request[name_field])}")


@rejects("ecs", "CreateCluster", "CreateService")
def name(request: Request) -> None:
    """Source: API reference of CreateCluster and CreateService; the message follows the one about families."""
    field = "clusterName" if request.operation == "CreateCluster" else "serviceName"
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,255}", request[field] or "default"):
        raise _invalid(f"{field} contains invalid characters.")


@rejects("ecs", "CreateService")
def taken_name(request: Request) -> None:
    """Source: API reference of CreateService, InvalidParameterException and clientToken (idempotency)."""
    service = _service(request, "serviceName")
    if service is not None and service.status == "ACTIVE":
        raise _invalid("Creation of service was not idempotent.")


@rejects("ecs", "CreateService", "RunTask", "CreateTaskSet")
def launch_type_and_strategy(request: Request) -> None:
    """Source: API reference of CreateService ("If a capacityProviderStrategy is specified, the launchType parameter must be
    omitted")."""
    if request["launchType"] and request["capacityProviderStrategy"]:
        raise _invalid(
            "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again."
        )


@rejects("ecs", "CreateService", "UpdateService", "RunTask")
def capacity_strategy(request: Request) -> None:
    """Source: API reference of CapacityProviderStrategyItem: one base, at least one positive weight."""
    strategy = request["capacityProviderStrategy"] or []
    if sum(1 for item in strategy if item.get("base")) > 1:
        raise _invalid("Only one capacity provider in a capacity provider strategy can have a base defined.")
    if strategy and not any(item.get("weight") for item in strategy) and len(strategy) > 1:
        raise _invalid("At least one capacity provider in the strategy must have a weight value greater than 0.")


@rejects("ecs", "CreateService", "RunTask")
def network_of_awsvpc(request: Request) -> None:
    """Source: API reference of CreateService, networkConfiguration ("required for task definitions that use awsvpc")."""
    definition = _definition(request, request["taskDefinition"])
    if definition is not None and definition.network_mode == "awsvpc" and not request["networkConfiguration"]:
        raise _invalid("Network Configuration must be provided when networkMode 'awsvpc' is specified.")


@rejects("ecs", "CreateService", "UpdateService", "RunTask")
def known_definition(request: Request) -> None:
    """moto has the message of DescribeTaskDefinition. Public reports quote this one."""
    cluster = request.backend().clusters.get(_short(request["cluster"]))
    if cluster is not None and request["taskDefinition"] and _definition(request, request["taskDefinition"]) is None:
        raise _client("TaskDefinition not found.")


@rejects("ecs", "CreateService")
def container_behind_load_balancer(request: Request) -> None:
    """Source: API reference of LoadBalancer, containerName and containerPort."""
    definition = _definition(request, request["taskDefinition"])
    for balancer in request["loadBalancers"] or []:
        name, port = balancer.get("containerName"), balancer.get("containerPort")
        if definition is None or not name:
            continue
        container = next((one for one in definition.container_definitions if one.get("name") == name), None)
        if container is None:
            raise _invalid(f"The container {name} does not exist in the task definition.")
        if all(mapping.get("containerPort") != port for mapping in container.get("portMappings", [])):
            raise _invalid(f"The container {name} did not have a container port {port} defined.")


@rejects("ecs", "CreateService")
def target_group_without_load_balancer(request: Request) -> None:
    """Source: ECS developer guide, "Service event messages" and "Use load balancing to distribute service traffic"."""
    groups = request.backend("elbv2").target_groups
    for balancer in request["loadBalancers"] or []:
        arn = balancer.get("targetGroupArn")
        if arn and arn not in groups:
            raise _invalid(f"The specified target group does not exist. (targetGroupArn: {arn})")
        if arn and not groups[arn].load_balancer_arns:
            raise _invalid(f"The target group with targetGroupArn {arn} does not have an associated load balancer.")
        definition = _definition(request, request["taskDefinition"])
        if arn and definition is not None and definition.network_mode == "awsvpc" and groups[arn].target_type != "ip":
            raise _invalid(
                f"The provided target group {arn} has target type {groups[arn].target_type}, which is incompatible with the "
                "awsvpc network mode specified in the task definition."
            )


# Platform versions of Fargate. Source: ECS developer guide, "Fargate platform versions for Amazon ECS".
PLATFORMS = ("LATEST", "1.4.0", "1.3.0", "1.0.0")


@rejects("ecs", "CreateService", "UpdateService", "RunTask")
def platform_version(request: Request) -> None:
    """Source: API reference of CreateService, PlatformUnknownException; public reports quote the message."""
    if request["platformVersion"] and request["platformVersion"] not in PLATFORMS:
        raise Rejection("PlatformUnknownException", "The specified platform does not exist.")


@rejects("ecs", "CreateService")
def role_for_exec(request: Request) -> None:
    """Source: ECS developer guide, "Monitor Amazon ECS containers with ECS Exec"; public reports quote the message."""
    definition = _definition(request, request["taskDefinition"])
    if request["enableExecuteCommand"] and definition is not None and not getattr(definition, "task_role_arn", None):
        raise _invalid(
            "The service couldn't be created because a valid taskRoleArn is not being used. Specify a valid task role in your "
            "task definition and try again."
        )


@rejects("ecs", "CreateService")
def grace_period(request: Request) -> None:
    """Source: API reference of CreateService, healthCheckGracePeriodSeconds; aws-cloudformation/cfn-lint #3612."""
    if request["healthCheckGracePeriodSeconds"] and not request["loadBalancers"]:
        raise _invalid("Health check grace period is only valid for services configured to use load balancers")


@rejects("ecs", "CreateService", "UpdateService")
def desired_count(request: Request) -> None:
    """Source: API reference of CreateService."""
    if request["desiredCount"] is not None and int(request["desiredCount"]) < 0:
        raise _invalid("desiredCount cannot be negative.")
    configuration = request["deploymentConfiguration"] or {}
    most, least = configuration.get("maximumPercent"), configuration.get("minimumHealthyPercent")
    if most is not None and least is not None and int(most) <= 100 and int(least) >= 100:
        raise _invalid("Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.")


@rejects("ecs", "CreateService")
def features_of_launch_type(request: Request) -> None:
    """Source: API reference of CreateService, schedulingStrategy, placementConstraints, and placementStrategy; the message about
    the strategy is paraphrased.
    """
    if request["launchType"] != "FARGATE":
        return
    if request["schedulingStrategy"] == "DAEMON":
        raise _invalid("The DAEMON scheduling strategy is not supported with FARGATE launch type.")
    for field, words in (("placementConstraints", "constraints"), ("placementStrategy", "strategies")):
        if request[field]:
            raise _invalid(f"Placement {words} are not supported with FARGATE launch type.")


@rejects("ecs", "CreateService", "UpdateService")
def features_of_deployments(request: Request) -> None:
    """Source: API reference of CreateService, deploymentController, DeploymentConfiguration, and availabilityZoneRebalancing;
    messages paraphrased.
    """
    service, configuration = _service(request), request["deploymentConfiguration"] or {}
    controller = request["deploymentController"] or getattr(service, "deployment_controller", None) or {}
    by_code_deploy = controller.get("type") == "CODE_DEPLOY"
    for field in ("deploymentCircuitBreaker", "alarms"):
        if by_code_deploy and str((configuration.get(field) or {}).get("enable")).lower() == "true":
            raise _invalid(f"{field} is not supported on services with a CODE_DEPLOY deployment controller.")
    if by_code_deploy and request.operation == "CreateService" and not request["loadBalancers"]:
        raise _invalid("Services with a CODE_DEPLOY deployment controller require a load balancer.")
    if request["availabilityZoneRebalancing"] == "ENABLED" and int(configuration.get("maximumPercent") or 200) <= 100:
        raise _invalid("Availability Zone rebalancing requires a maximumPercent above 100.")


@rejects("ecs", "UpdateService")
def update_of_code_deploy(request: Request) -> None:
    """See LEFT_TO_CODE_DEPLOY."""
    service = _service(request)
    if service is None or service.deployment_controller.get("type") != "CODE_DEPLOY":
        return
    for field, words in LEFT_TO_CODE_DEPLOY.items():
        if request[field] is not None:
            raise _invalid(
                f"Unable to update {words} on services with a CODE_DEPLOY deployment controller. "
                "Use AWS CodeDeploy to trigger a new deployment."
            )
    if request["forceNewDeployment"]:
        raise _invalid(
            "Cannot force a new deployment on services with a CODE_DEPLOY deployment controller. "
            "Use AWS CodeDeploy to trigger a new deployment."
        )


@rejects("ecs", "CreateService", "UpdateService", "RunTask")
def associated_capacity(request: Request) -> None:
    """Source: API reference of CapacityProviderStrategyItem; dask/dask-cloudprovider #328 quotes the message."""
    cluster = request.backend().clusters.get(_short(request["cluster"]))
    associated = (cluster.capacity_providers if cluster is not None else None) or []
    wanted = {item.get("capacityProvider") for item in request["capacityProviderStrategy"] or []}
    if cluster is not None and wanted - set(associated):
        raise _invalid(NOT_ASSOCIATED)


@rejects("ecs", "CreateService", "UpdateService", "RunTask")
def existing_network(request: Request) -> None:
    """Source: EC2 API reference, "Error codes"; public reports quote the messages with which ECS passes them on."""
    configuration = (request["networkConfiguration"] or {}).get("awsvpcConfiguration") or {}
    ec2 = request.backend("ec2")
    subnets = {name for zone in ec2.subnets.values() for name in zone}
    groups = {name for vpc in ec2.groups.values() for name in vpc}
    for subnet in configuration.get("subnets") or []:
        if subnet not in subnets:
            raise _invalid(
                f"Error retrieving subnet information for [{subnet}]: The subnet ID '{subnet}' does not exist "
                "(ErrorCode: InvalidSubnetID.NotFound)"
            )
    for group in configuration.get("securityGroups") or []:
        if group not in groups:
            raise _invalid(
                f"Error retrieving security group information for [{group}]: The security group '{group}' does not exist "
                "(ErrorCode: InvalidGroup.NotFound)"
            )


@rejects("ecs", "UpdateService")
def strategy_without_deployment(request: Request) -> None:
    """Source: API reference of UpdateService, capacityProviderStrategy."""
    service = _service(request)
    strategy = request["capacityProviderStrategy"]
    if service is None or strategy is None or request["forceNewDeployment"]:
        return
    if strategy != getattr(service, "capacity_provider_strategy", None):
        raise _invalid(
            "When switching from launch type to capacity provider strategy on an existing service, or making a change to "
            "a capacity provider strategy on a service that is already using one, you must force a new deployment."
        )


@rejects("ecs", "UpdateService")
def inactive_service(request: Request) -> None:
    """Source: API reference of UpdateService, ServiceNotActiveException."""
    service = _service(request)
    if service is not None and service.status == "INACTIVE":
        raise Rejection("ServiceNotActiveException", "Service was not ACTIVE.")


@rejects("ecs", "DeleteCluster")
def cluster_in_use(request: Request) -> None:
    """Source: API reference of DeleteCluster, ClusterContainsServicesException and ClusterContainsTasksException."""
    cluster = _short(request["cluster"])
    backend = request.backend()
    if any(service.cluster_name == cluster and service.status != "INACTIVE" for service in backend.services.values()):
        raise Rejection("ClusterContainsServicesException", "The Cluster cannot be deleted while Services are active.")
    tasks = backend.tasks.get(cluster, {})
    if any(task.last_status != "STOPPED" for task in tasks.values()):
        raise Rejection("ClusterContainsTasksException", "The Cluster cannot be deleted while Tasks are active.")


@follows("ecs", "DeleteService")
def forget_scaling(request: Request) -> None:
    """ECS deregisters the scalable target of a deleted service. Source: hashicorp/terraform-provider-aws #10432, #14254."""
    backend = request.backend("application-autoscaling")
    resource = f"service/{_short(request['cluster'])}/{_short(request['service'])}"
    for key, policy in list(backend.policies.items()):
        if policy.resource_id == resource:
            policy.delete_alarms(request.account, request.region)
            del backend.policies[key]
    for targets in backend.targets.values():
        targets.pop(resource, None)


@rejects("ecs", "RegisterTaskDefinition")
def containers(request: Request) -> None:
    """Source: API reference of ContainerDefinition; messages in klothoplatform/klotho #892."""
    definitions = request["containerDefinitions"] or []
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,255}", request["family"] or ""):
        raise _client("Family contains invalid characters.")
    if not definitions:
        raise _client("Container list cannot be empty.")
    if len(definitions) > MOST_CONTAINERS:
        raise _client(f"A task definition cannot have more than {MOST_CONTAINERS} containers.")  # paraphrased
    names = [container.get("name") for container in definitions]
    for container in definitions:
        if not container.get("name"):
            raise _client("Container.name should not be null or empty.")
        if not container.get("image"):
            raise _client("Container.image should not be null or empty.")
        if not re.fullmatch(r"[\w:./#@-]+", container["image"], re.ASCII):
            raise _client("Container.image contains invalid characters.")
        if not re.fullmatch(r"[\w-]{1,255}", container["name"], re.ASCII):
            raise _client("Container.name contains invalid characters.")  # follows the message about images
    for name in names:
        if names.count(name) > 1:
            raise _client(f"Container name '{name}' is not unique in the task definition.")
    if all(container.get("essential") is False for container in definitions):
        raise _client("A task must have at least one essential container.")
    others = {container["name"]: container for container in definitions}
    for container in definitions:
        _check_container(request, container, others)
    for name in others:
        # Paraphrased from the message about links, which Shippable/support #4194 quotes.
        if name in _dependencies(others, name):
            raise _client("Container dependencies should not have a cycle")


def _dependencies(definitions: dict[str, dict], name: str) -> set[str]:
    """Names of the containers that a container depends on, also indirectly."""
    found: set[str] = set()
    open_names = [name]
    while open_names:
        for dependency in definitions[open_names.pop()].get("dependsOn") or []:
            other = dependency["containerName"]
            if other not in found:
                found.add(other)
                open_names.append(other)
    return found


# Ranges of a container health check. Source: API reference of HealthCheck.
HEALTH_CHECK = {"interval": (5, 300), "timeout": (2, 120), "retries": (1, 10), "startPeriod": (0, 300)}
# Seconds. Source: API reference of ContainerRestartPolicy, restartAttemptPeriod.
RESTART_PERIOD = (60, 1800)


def _check_ranges(container: dict) -> None:
    """The message is paraphrased."""
    check, restart = container.get("healthCheck") or {}, container.get("restartPolicy") or {}
    ranges = [(f"healthCheck {field}", check.get(field), limits) for field, limits in HEALTH_CHECK.items()]
    for what, value, (least, most) in [
        *ranges,
        ("restartAttemptPeriod", restart.get("restartAttemptPeriod"), RESTART_PERIOD),
        ("startTimeout", container.get("startTimeout"), START_TIMEOUT),
    ]:
        if value is not None and not least <= int(value) <= most:
            raise _client(
                f"Invalid setting for container '{container['name']}'. {what} must be between {least} and {most}."
            )


def _check_container(request: Request, container: dict, others: dict) -> None:
    name = container["name"]
    _check_ranges(container)
    for dependency in container.get("dependsOn") or []:
        other = others.get(dependency.get("containerName"))
        if other is None:
            # Quoted in eagletmt/hako #99, plus sign included.
            raise _client(
                f"Cannot depend on container + '{dependency.get('containerName')}' because it does not exist"
            )
        if dependency.get("condition") in ("SUCCESS", "COMPLETE") and other.get("essential", True):
            raise _client("A dependency container with SUCCESS or COMPLETE condition cannot be an essential container")
        if dependency.get("condition") == "HEALTHY" and not other.get("healthCheck"):
            raise _client(
                f"Container '{name}' depends on container '{other['name']}' with HEALTHY condition, but it has no health check."
            )
    if request["networkMode"] == "awsvpc":
        for mapping in container.get("portMappings", []):
            if mapping.get("hostPort") not in (None, 0, mapping.get("containerPort")):
                raise _client(
                    "When networkMode=awsvpc, the host ports and container ports in port mappings must match."
                )
        if container.get("links"):
            raise _client("Links are not supported when networkMode=awsvpc.")
        if container.get("hostname"):
            raise _client("Hostname is not supported when networkMode=awsvpc.")  # follows the message about links
    for mapping in container.get("portMappings", []):
        if not 0 <= int(mapping.get("containerPort") or 0) <= 65535:
            raise _client(f"Invalid 'containerPort' setting for container '{name}'")
    volumes = [volume.get("name") for volume in request["volumes"] or []]
    for mount in container.get("mountPoints") or []:
        if mount.get("sourceVolume") not in volumes:
            # Quoted in ansible/ansible #35751.
            raise _client(f"Unknown volume '{mount.get('sourceVolume')}'.")
    variables = {variable.get("name") for variable in container.get("environment", [])}
    for secret in container.get("secrets", []):
        if secret.get("name") in variables:
            raise _client(
                "The secret name must be unique and not shared with any new or existing environment variables set on the "
                f"container, such as '{secret['name']}'."
            )
    log = container.get("logConfiguration") or {}
    options = log.get("options") or {}
    if log.get("logDriver") == "awslogs" and not {"awslogs-group", "awslogs-region"} <= set(options):
        raise _client("Log driver awslogs requires options: awslogs-region, awslogs-group")
    memory, reserved = container.get("memory"), container.get("memoryReservation")
    if memory and reserved and int(memory) < int(reserved):
        raise _client(f"Invalid setting for container '{name}'. 'memory' must be greater than 'memoryReservation'.")
    if not (memory or reserved or request["memory"]):
        raise _client(
            f"Invalid setting for container '{name}'. At least one of 'memory' or 'memoryReservation' must be specified."
        )


@rejects("ecs", "RegisterTaskDefinition")
def fargate(request: Request) -> None:
    """Source: ECS developer guide, "Task definition differences for Fargate"; messages in klothoplatform/klotho #892,
    virtual-kubelet/virtual-kubelet #193."""
    if "FARGATE" not in (request["requiresCompatibilities"] or []):
        return
    if request["networkMode"] != "awsvpc":
        raise _client("Fargate only supports network mode ‘awsvpc’.")
    for field in ("cpu", "memory"):
        if not request[field]:
            raise _client(f"Fargate requires that '{field}' be defined at the task level.")
    for field in NOT_ON_FARGATE:
        if request[field]:
            raise _client(f"Fargate does not support the task definition field '{field}'.")  # paraphrased
    storage, (least, most) = (request["ephemeralStorage"] or {}).get("sizeInGiB"), EPHEMERAL_STORAGE
    if storage is not None and not least <= int(storage) <= most:
        raise _client(f"Ephemeral storage sizeInGiB must be between {least} and {most}.")  # paraphrased
    for volume in request["volumes"] or []:
        if (volume.get("host") or {}).get("sourcePath"):
            raise _client("host.sourcePath should not be set for volumes in Fargate")
    cpu, memory = _units(request["cpu"], 1024, "vcpu"), _units(request["memory"], 1024, "gb")
    if cpu is None or memory is None or memory not in FARGATE_SIZES.get(cpu, ()):
        raise _client("No Fargate configuration exists for given values.")
    definitions = request["containerDefinitions"]
    if sum(int(container.get("cpu") or 0) for container in definitions) > cpu:
        raise _client("The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'.")
    for container in definitions:
        _check_on_fargate(request, container, memory)


def _check_on_fargate(request: Request, container: dict, memory: int) -> None:
    name = container["name"]
    driver = (container.get("logConfiguration") or {}).get("logDriver")
    if driver and driver not in FARGATE_LOG_DRIVERS:
        raise _client(f"Fargate does not support log driver '{driver}'. Supported: {', '.join(FARGATE_LOG_DRIVERS)}.")
    if driver == "awslogs" and not request["executionRoleArn"]:
        raise _client("Fargate requires task definition to have execution role ARN to support log driver awslogs.")
    if ".dkr.ecr." in container["image"] and not request["executionRoleArn"]:
        raise _client("Fargate requires task definition to have execution role ARN to support ECR images.")
    if container.get("secrets") and not request["executionRoleArn"]:
        raise _client(
            "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'."
        )
    if container.get("privileged"):
        raise _client("Fargate does not support privileged containers.")
    for field in ("memory", "memoryReservation"):
        if int(container.get(field) or 0) > memory:
            raise _client(
                f"Invalid setting for container '{name}'. The memory of the container cannot exceed the task memory."
            )
    if int(container.get("stopTimeout") or 0) > MOST_STOP_TIMEOUT:
        raise _client(
            f"Invalid setting for container '{name}'. 'stopTimeout' must be {MOST_STOP_TIMEOUT} seconds or less on Fargate."
        )
    for field in NOT_IN_FARGATE_CONTAINERS:
        if container.get(field):
            raise _client(f"Fargate does not support the container field '{field}'.")  # paraphrased
    linux = container.get("linuxParameters") or {}
    for field in NOT_IN_FARGATE_LINUX:
        if linux.get(field) is not None:
            raise _client(f"Fargate does not support the linuxParameters field '{field}'.")
    for capability in (linux.get("capabilities") or {}).get("add", []):
        if capability != "SYS_PTRACE":
            raise _client(f"Fargate does not support adding the Linux capability '{capability}'.")


def _units(text, factor: int, unit: str) -> int | None:
    """Reads CPU units or MiB, also written as "1 vCPU" or "2 GB"."""
    words = str(text).lower().split()
    try:
        number = float(words[0].removesuffix(unit))
    except (ValueError, IndexError):
        return None
    return int(number * factor) if unit in str(text).lower() else int(number)


def _definition(request: Request, name: str | None):
    try:
        return request.backend().describe_task_definition(name) if name else None
    except Exception:
        return None  # moto reports a missing definition itself


@rejects("ecs", "RegisterTaskDefinition", "CreateService", "UpdateService", "RunTask", "CreateCluster")
def listed_values(request: Request) -> None:
    """Values of enums in botocore's model. The wording is that for launch types; for all others it is paraphrased."""
    raised = _client if request.operation == "RegisterTaskDefinition" else _invalid
    for name, value, allowed in enums_in(request.model.input_shape, request.params):
        if value not in allowed:
            raise raised(f"{name} should be one of [{','.join(allowed)}]")


@rejects("ecs", "CreateCluster", "PutClusterCapacityProviders")
def capacity_of_cluster(request: Request) -> None:
    """Source: API reference of PutClusterCapacityProviders; dask/dask-cloudprovider #328 quotes the message for services."""
    strategy = request["defaultCapacityProviderStrategy"] or []
    if {item.get("capacityProvider") for item in strategy} - set(request["capacityProviders"] or []):
        raise _invalid(NOT_ASSOCIATED)
