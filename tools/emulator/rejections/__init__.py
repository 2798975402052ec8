"""The requests that AWS rejects: generic checks (constraints.py, tags.py) and one module of rules per service.

Each rule cites its source. Error codes and messages are AWS's. A message is marked as paraphrased where neither the source
nor a public report quotes it.
"""

from . import (  # noqa: F401
    acm,
    alarm_delivery,
    applicationautoscaling,
    awslambda,
    bucket_notifications,
    cloudfront,
    cloudwatch,
    codedeploy,
    cognito,
    distributions,
    dynamodb,
    ec2,
    ecr,
    ecs,
    elbv2,
    event_delivery,
    events,
    filter_patterns,
    iam,
    kms,
    listener_rules,
    log_delivery,
    logs,
    metric_data,
    notifications,
    opensearch,
    passed_roles,
    pipelines,
    policies,
    record_values,
    route53,
    s3,
    secretsmanager,
    servicediscovery,
    sns,
    sqs,
    ssm,
    wafv2,
    xray,
)
from .middleware import RejectLikeAws  # noqa: F401
