"""What moto 5.2.1 lacks or distorts of AWS, filled in: a module per service, a function per gap.

A gap is filled only where a client (Terraform's AWS provider 5.100.0, the AWS SDK) stumbles over it; each says how.
Moto derives an action's name, its parameters and the form of its answer from botocore's model of the service, so a
missing action is a method on moto's response class, named as the action in snake case.
"""

from . import (  # noqa: F401
    applicationautoscaling,
    awslambda,
    budgets,
    cloudfront,
    cloudwatch,
    codebuild,
    codecommit,
    codeconnections,
    codedeploy,
    codepipeline,
    codestarnotifications,
    cognitoidentity,
    ec2,
    ecr,
    ecs,
    elbv2,
    logs,
    opensearch,
    route53,
    s3,
    servicediscovery,
    xray,
)
