"""CodeDeploy: applications, deployment groups, and configurations."""

from gaps.patch import memory

from .rejection import Rejection, rejects
from .request import Request

# Prefix of AWS's own configurations, which the account cannot use. Source: CodeDeploy user guide, "Working with deployment
# configurations".
AWS_PREFIX = "CodeDeployDefault."


@rejects("codedeploy", "CreateApplication")
def taken_application(request: Request) -> None:
    """Source: API reference of CreateApplication, ApplicationAlreadyExistsException."""
    name = request["applicationName"]
    if name in request.backend().applications:
        raise Rejection("ApplicationAlreadyExistsException", f"Application already exists with name : {name}")


@rejects("codedeploy", "CreateDeploymentGroup")
def taken_group(request: Request) -> None:
    """Source: API reference of CreateDeploymentGroup, DeploymentGroupAlreadyExistsException."""
    groups = request.backend().deployment_groups.get(request["applicationName"], {})
    name = request["deploymentGroupName"]
    if name in groups:
        raise Rejection(
            "DeploymentGroupAlreadyExistsException",
            f"Deployment group name already exists for application {request['applicationName']}: {name}",
        )


@rejects("codedeploy", "CreateDeploymentGroup", "UpdateDeploymentGroup", "CreateDeployment")
def known_configuration(request: Request) -> None:
    """Source: API reference of CreateDeploymentGroup, DeploymentConfigDoesNotExistException."""
    name = request["deploymentConfigName"]
    own = memory(request.backend(), "deployment_configs")
    if name and name not in own and name not in AWS_CONFIGURATIONS:
        raise Rejection("DeploymentConfigDoesNotExistException", f"No deployment configuration found for name: {name}")


# Source: CodeDeploy user guide, "Predefined deployment configurations".
_SPEEDS = (
    "Canary10Percent5Minutes", "Canary10Percent10Minutes", "Canary10Percent15Minutes", "Canary10Percent30Minutes",
    "Linear10PercentEvery1Minute", "Linear10PercentEvery1Minutes", "Linear10PercentEvery2Minutes",
    "Linear10PercentEvery3Minutes", "Linear10PercentEvery10Minutes", "AllAtOnce",
)  # fmt: skip
AWS_CONFIGURATIONS = {
    f"{AWS_PREFIX}{name}"
    for name in (
        "OneAtATime", "HalfAtATime", "AllAtOnce",
        *(f"{platform}{speed}" for platform in ("ECS", "Lambda") for speed in _SPEEDS),
    )
}  # fmt: skip


@rejects("codedeploy", "CreateDeploymentConfig")
def new_configuration(request: Request) -> None:
    """Source: API reference of CreateDeploymentConfig and TrafficRoutingConfig; messages paraphrased."""
    name = request["deploymentConfigName"]
    if name.startswith(AWS_PREFIX):
        raise Rejection(
            "InvalidDeploymentConfigNameException", f"The deployment configuration name cannot start with {AWS_PREFIX}"
        )
    if name in memory(request.backend(), "deployment_configs"):
        raise Rejection("DeploymentConfigAlreadyExistsException", f"Deployment configuration already exists: {name}")
    routing = request["trafficRoutingConfig"] or {}
    for field in ("timeBasedCanary", "timeBasedLinear"):
        percentage = (routing.get(field) or {}).get(f"{field.removeprefix('timeBased').lower()}Percentage")
        if percentage is not None and not 1 <= int(percentage) <= 99:
            raise Rejection(
                "InvalidTrafficRoutingConfigurationException", "The traffic percentage must be between 1 and 99."
            )


@rejects("codedeploy", "CreateDeploymentGroup")
def ecs_group(request: Request) -> None:
    """Source: API reference of CreateDeploymentGroup; user guide, "Create a deployment group for an Amazon ECS deployment".

    The messages about a missing service, pair, and style are paraphrased.
    """
    application = request.backend().applications.get(request["applicationName"])
    if application is None:
        raise Rejection(
            "ApplicationDoesNotExistException", f"No application found for name: {request['applicationName']}"
        )
    if getattr(application, "compute_platform", None) != "ECS":
        if request["ecsServices"]:
            # Quoted in hashicorp/terraform-provider-aws #6802.
            raise Rejection(
                "InvalidECSServiceException", "Should not specify ECS services parameter for Server deployment group"
            )
        return
    if request["autoScalingGroups"]:
        # Quoted in hashicorp/terraform-provider-aws #7128.
        raise Rejection(
            "InvalidAutoScalingGroupException", "For ECS deployment group, autoScalingGroups can not be specified"
        )
    if not request["ecsServices"]:
        raise Rejection("InvalidECSServiceException", "For ECS deployment groups, an ECS service must be specified.")
    pairs = (request["loadBalancerInfo"] or {}).get("targetGroupPairInfoList") or []
    if not pairs or len(pairs[0].get("targetGroups") or []) != 2:
        raise Rejection(
            "InvalidTargetGroupPairException", "A target group pair with two target groups must be specified."
        )
    style = request["deploymentStyle"] or {}
    if style.get("deploymentType") != "BLUE_GREEN":
        raise Rejection(
            "InvalidDeploymentStyleException", "For ECS deployment groups, the deployment type must be BLUE_GREEN."
        )
    for service in request["ecsServices"]:
        found = request.backend("ecs").services.get(f"{service.get('clusterName')}:{service.get('serviceName')}")
        if found is not None and found.deployment_controller.get("type") != "CODE_DEPLOY":
            raise Rejection(
                "InvalidECSServiceException",
                "Deployment group's ECS service must be configured for a CODE_DEPLOY deployment controller.",
            )
