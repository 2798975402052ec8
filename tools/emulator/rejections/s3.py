"""S3: bucket names, owners, access control lists, policies, and lifecycles."""

import ipaddress
import re

from .constraints import enums_in
from .policies import VERSIONS, allows_public, as_list, parse_json, unknown_principals
from .service_callers import covers
from .rejection import ANY, Rejection, rejects
from .request import Request


def _bucket(request: Request):
    return request.backend().buckets.get(request["Bucket"])


@rejects("s3", "CreateBucket")
def bucket_name(request: Request) -> None:
    """Source: S3 user guide, "General purpose bucket naming rules"."""
    name = request["Bucket"] or ""
    invalid = (
        not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", name)
        or ".." in name
        or name.startswith(("xn--", "sthree-", "amzn-s3-demo-"))
        or name.endswith(("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"))
        or _is_address(name)
    )
    if invalid:
        raise Rejection("InvalidBucketName", "The specified bucket is not valid.")


def _is_address(name: str) -> bool:
    try:
        ipaddress.IPv4Address(name)
        return True
    except ValueError:
        return False


@rejects("s3", "CreateBucket")
def location(request: Request) -> None:
    """Source: API reference of CreateBucket; "Error responses", IllegalLocationConstraintException."""
    wanted = (request["CreateBucketConfiguration"] or {}).get("LocationConstraint")
    if wanted and wanted != request.region and request.region != "us-east-1":
        raise Rejection(
            "IllegalLocationConstraintException",
            f"The {wanted} location constraint is incompatible for the region specific endpoint this request was sent to.",
        )
    if not wanted and request.region != "us-east-1":
        raise Rejection(
            "IllegalLocationConstraintException",
            "The unspecified location constraint is incompatible for the region specific endpoint this request was sent to.",
        )
    if wanted == "us-east-1":
        raise Rejection("InvalidLocationConstraint", "The specified location-constraint is not valid")


@rejects("s3", ANY)
def expected_owner(request: Request) -> None:
    """Source: S3 user guide, "Verifying bucket ownership with bucket owner condition": 403, Access Denied."""
    for member in ("ExpectedBucketOwner", "ExpectedSourceBucketOwner"):
        if request[member] and request[member] != request.account:
            raise Rejection("AccessDenied", "Access Denied", 403)


@rejects("s3", "PutBucketAcl", "PutObjectAcl", "PutObject", "CreateBucket", "CopyObject", "CreateMultipartUpload")
def access_control_list(request: Request) -> None:
    """Source: S3 user guide, "Controlling ownership of objects and disabling ACLs"."""
    grants = [name for name in request.params if name.startswith("Grant") and request[name]]
    acl = request["ACL"]
    given = acl or grants or request["AccessControlPolicy"]
    if request.operation == "CreateBucket":
        enforced = request["ObjectOwnership"] in (None, "BucketOwnerEnforced")
        if enforced and (grants or acl not in (None, "private")):
            raise Rejection(
                "InvalidBucketAclWithObjectOwnership",
                "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
            )
        return
    if given and enforces_owner(_bucket(request)) and acl not in ("bucket-owner-full-control",):
        raise Rejection("AccessControlListNotSupported", "The bucket does not allow ACLs")
    blocked = getattr(_bucket(request), "public_access_block", None)
    if acl and acl.startswith("public-") and blocked is not None and blocked.block_public_acls:
        raise Rejection("AccessDenied", "Access Denied", 403)


def enforces_owner(bucket) -> bool:
    """Buckets since April 2023 enforce their owner unless told otherwise. Source: S3 user guide, as above."""
    if bucket is None:
        return False
    ownership = getattr(bucket, "ownership_rule", None)
    if not ownership:
        return getattr(bucket, "object_ownership", None) in (None, "BucketOwnerEnforced")
    return "BucketOwnerEnforced" in str(ownership)


@rejects("s3", "PutBucketPolicy")
def bucket_policy(request: Request) -> None:
    """Source: S3 user guide, "Blocking public access" and "Error responses", MalformedPolicy."""
    policy = parse_json(request["Policy"])
    if not isinstance(policy, dict):
        raise Rejection("MalformedPolicy", "Policies must be valid JSON and the first byte must be '{'")
    if policy.get("Version") not in (None, *VERSIONS):
        raise Rejection("MalformedPolicy", "The policy must contain a valid version string")
    statements = policy.get("Statement") or []
    statements = statements if isinstance(statements, list) else [statements]
    if not statements:
        raise Rejection("MalformedPolicy", "Missing required field Statement")
    name = request["Bucket"]
    for statement in statements:
        if "Principal" not in statement and "NotPrincipal" not in statement:
            raise Rejection("MalformedPolicy", "Missing required field Principal")
        principal = statement.get("Principal")
        services = as_list(principal.get("Service")) if isinstance(principal, dict) else []
        if not all(re.fullmatch(r"[a-z0-9.-]+\.amazonaws\.com(\.cn)?", service) for service in services):
            raise Rejection("MalformedPolicy", "Invalid principal in policy")
        if statement.get("Effect") not in ("Allow", "Deny"):
            raise Rejection("MalformedPolicy", f"Invalid effect: {statement.get('Effect')}")
        resources = statement.get("Resource") or statement.get("NotResource")
        if not resources:
            raise Rejection("MalformedPolicy", "Missing required field Resource")
        actions = statement.get("Action") or statement.get("NotAction")
        if not actions:
            raise Rejection("MalformedPolicy", "Missing required field Action")
        for action in actions if isinstance(actions, list) else [actions]:
            if action != "*" and not action.lower().startswith("s3:"):
                raise Rejection("MalformedPolicy", "Policy has invalid action")
        for resource in resources if isinstance(resources, list) else [resources]:
            if not re.match(rf"arn:aws[a-z-]*:s3:::{re.escape(name)}(\*|/.*)?$", resource):
                raise Rejection("MalformedPolicy", "Policy has invalid resource")
        _check_levels(statement, name)
        for operator, keys in (statement.get("Condition") or {}).items():
            if not CONDITION.fullmatch(operator):
                raise Rejection("MalformedPolicy", f"Invalid Condition type : {operator}")
            if not all(map(_is_condition_key, keys)):
                raise Rejection("MalformedPolicy", "Policy has an invalid condition key")
    if unknown_principals(request, policy):
        raise Rejection("MalformedPolicy", "Invalid principal in policy")
    block = getattr(_bucket(request), "public_access_block", None)
    if block is not None and block.block_public_policy and allows_public(policy):
        raise Rejection(
            "AccessDenied",
            f"User: arn:aws:iam::{request.account}:root is not authorized to perform: s3:PutBucketPolicy on resource: "
            f'"arn:aws:s3:::{name}" because public policies are prevented by the BlockPublicPolicy setting in S3 Block '
            "Public Access.",
            403,
        )


# Operators of conditions. Source: IAM user guide, "IAM JSON policy elements: Condition operators".
CONDITION = re.compile(
    r"(ForAllValues:|ForAnyValue:)?(Null|(String(Not)?(Equals(IgnoreCase)?|Like)|Arn(Not)?(Equals|Like)|(Not)?IpAddress|Bool|"
    r"BinaryEquals|(Numeric|Date)((Not)?Equals|(LessThan|GreaterThan)(Equals)?))(IfExists)?)",
    re.IGNORECASE,
)
# Condition keys of S3; those with a slash go on with the key of a tag. Source: service authorization reference, Amazon S3.
S3_KEYS = set(
    "accessgrantscope accessgrantsinstancearn accessgrantslocationscope accesspointnetworkorigin accesspointtag/ annotation-prefix "
    "authtype buckettag/ dataaccesspointaccount dataaccesspointarn delimiter deliverysourcearn destinationregion existingjoboperation "
    "existingjobpriority existingobjecttag/ if-match if-none-match inventoryaccessibleoptionalfields isreplicationpauserequest "
    "jobsuspendedcause locationconstraint logtype max-annotation-results max-keys object-lock-event-hold "
    "object-lock-event-hold-duration-days object-lock-legal-hold object-lock-mode object-lock-remaining-retention-days "
    "object-lock-retain-until-date objectcreationoperation prefix requestjoboperation requestjobpriority requestobjecttag/ "
    "requestobjecttagkeys resourceaccount resourcearnbeingauthorized signatureage signatureversion tlsversion versionid x-amz-acl "
    "x-amz-bucket-namespace x-amz-content-sha256 x-amz-copy-source x-amz-grant-full-control x-amz-grant-read x-amz-grant-read-acp "
    "x-amz-grant-write x-amz-grant-write-acp x-amz-metadata-directive x-amz-object-annotation-directive x-amz-object-if-match "
    "x-amz-object-ownership x-amz-server-side-encryption x-amz-server-side-encryption-aws-kms-key-id "
    "x-amz-server-side-encryption-customer-algorithm x-amz-storage-class x-amz-website-redirect-location".split()
)


def _is_condition_key(key: str) -> bool:
    """S3 does not check the names after aws:, according to scality/Arsenal, which imitates it. Keys of other services pass."""
    service, colon, name = key.lower().partition(":")
    head, slash, tag = name.partition("/")
    return bool(colon) and (service != "s3" or head + slash in S3_KEYS and bool(slash) == bool(tag))


# Actions on objects; all others are actions on buckets. Source: service authorization reference, Amazon S3.
OBJECT_ACTION = re.compile(
    r"s3:(abortmultipartupload|bypassgovernanceretention|listmultipartuploadparts|initiatereplication|objectowneroverride\w+|"
    r"restoreobject|replicate(object|delete|tags)|(get|put|delete)object\w*)"
)


def _check_levels(statement: dict, bucket: str) -> None:
    """An action on objects needs a resource with objects, and an action on buckets needs the bucket itself.

    Source: re:Post knowledge center, "Action does not apply to any resource(s) in statement". Patterns of actions pass.
    """
    resources = as_list(statement.get("Resource"))
    has_bucket = any(covers(resource, f"arn:aws:s3:::{bucket}") for resource in resources)
    has_objects = any("/" in resource or resource.endswith("*") for resource in resources)
    for action in as_list(statement.get("Action")):
        needed = has_objects if OBJECT_ACTION.fullmatch(action.lower()) else has_bucket
        if resources and "*" not in action and "?" not in action and not needed:
            raise Rejection("MalformedPolicy", "Action does not apply to any resource(s) in statement")


@rejects("s3", "PutBucketEncryption")
def encryption(request: Request) -> None:
    """Source: API reference of ServerSideEncryptionByDefault, KMSMasterKeyID; public reports quote the message."""
    for rule in (request["ServerSideEncryptionConfiguration"] or {}).get("Rules") or []:
        default = rule.get("ApplyServerSideEncryptionByDefault") or {}
        if default.get("KMSMasterKeyID") and not str(default.get("SSEAlgorithm")).startswith("aws:kms"):
            raise Rejection(
                "InvalidArgument",
                "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse",
            )


# Characters of a lifecycle rule's ID. Source: API reference of LifecycleRule, ID.
MOST_OF_ID = 255


@rejects("s3", "PutBucketLifecycleConfiguration")
def lifecycle(request: Request) -> None:
    """Source: API reference of PutBucketLifecycleConfiguration; S3 "Error responses"."""
    rules = (request["LifecycleConfiguration"] or {}).get("Rules") or []
    ids = [rule["ID"] for rule in rules if rule.get("ID")]
    if len(ids) != len(set(ids)):
        raise Rejection("InvalidArgument", "Rule ID must be unique. Found same ID for more than one rule")
    for rule in rules:
        if len(rule.get("ID") or "") > MOST_OF_ID:
            raise Rejection("InvalidArgument", f"ID length should not exceed allowed limit of {MOST_OF_ID}")
        actions = ("Expiration", "Transitions", "NoncurrentVersionExpiration", "NoncurrentVersionTransitions")
        if not any(rule.get(action) for action in (*actions, "AbortIncompleteMultipartUpload")):
            raise Rejection("InvalidRequest", "At least one action needs to be specified in a rule.")
        _positive((rule.get("Expiration") or {}).get("Days"), "'Days' for Expiration action must be a positive integer")
        _positive(
            (rule.get("NoncurrentVersionExpiration") or {}).get("NoncurrentDays"),
            "'NoncurrentDays' for NoncurrentVersionExpiration action must be a positive integer",
        )
        _positive(
            (rule.get("AbortIncompleteMultipartUpload") or {}).get("DaysAfterInitiation"),
            "'DaysAfterInitiation' for AbortIncompleteMultipartUpload action must be a positive integer",
        )
        expiration = (rule.get("Expiration") or {}).get("Days")
        for transition in rule.get("Transitions") or []:
            days = transition.get("Days")
            if days is not None and expiration is not None and int(expiration) <= int(days):
                prefix = (rule.get("Filter") or {}).get("Prefix") or rule.get("Prefix") or ""
                raise Rejection(
                    "InvalidArgument",
                    f"'Days' in the Expiration action for filter '(prefix={prefix})' must be greater than 'Days' in the "
                    "Transition action",
                )
            if days is not None and int(days) < 0:
                raise Rejection("InvalidArgument", "'Days' in Transition action must be nonnegative")
            if days is not None and int(days) < 30 and transition.get("StorageClass") in ("STANDARD_IA", "ONEZONE_IA"):
                raise Rejection(
                    "InvalidArgument",
                    f"'Days' in Transition action must be greater than or equal to 30 for storageClass '{transition['StorageClass']}'",
                )


@rejects("s3", "PutBucketLifecycleConfiguration")
def uploads_with_tags(request: Request) -> None:
    """Source: S3 user guide, "Lifecycle configuration elements": uploads have no tags;
    terraform-aws-modules/terraform-aws-s3-bucket #109 quotes the message.
    """
    for rule in (request["LifecycleConfiguration"] or {}).get("Rules") or []:
        chosen = rule.get("Filter") or {}
        has_tags = chosen.get("Tag") or (chosen.get("And") or {}).get("Tags")
        if rule.get("AbortIncompleteMultipartUpload") and has_tags:
            raise Rejection("InvalidRequest", "AbortIncompleteMultipartUpload cannot be specified with Tags.")


def _positive(value, message: str) -> None:
    if value is not None and int(value) <= 0:
        raise Rejection("InvalidArgument", message)


@rejects("s3", ANY)
def listed_values(request: Request) -> None:
    """Values of enums in the XML of a request. Source: S3 "Error responses", MalformedXML."""
    shape = request.model.input_shape
    payload = shape.serialization.get("payload") if shape is not None else None
    if payload is None or request[payload] is None:
        return
    for _, value, allowed in enums_in(shape.members[payload], request[payload]):
        if value not in allowed:
            raise Rejection(
                "MalformedXML",
                "The XML you provided was not well-formed or did not validate against our published schema",
            )
