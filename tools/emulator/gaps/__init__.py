"""Fills the gaps of moto 5.2.1: one module per service, one function per gap. outgoing.py has the
requests that moto sends.

A gap is filled only where it breaks a client (Terraform's AWS provider 5.100.0, the AWS SDK); each function says how.
Moto takes an action's name, parameters, and response format from botocore's service model, so a missing action is a
method of moto's response class with the action's name in snake case.
"""

from . import (  # noqa: F401
    applicationautoscaling,
    awslambda,
    budgets,
    cloudfront,
    cloudfront_functions,
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
    outgoing,
    route53,
    s3,
    servicediscovery,
    sqs,
    xray,
)
