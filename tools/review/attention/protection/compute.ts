import type { Finding } from "../../model.ts";
import type { Subject } from "../../subject.ts";
import { entryOf } from "../../values/entry.ts";
import { at, isNothing, listOf, type Value } from "../../values/value.ts";
import { kubernetesTypes } from "../kubernetes.ts";
import {
  ANOTHER_VALUE,
  becomes,
  changed,
  created,
  either,
  existing,
  fewer,
  gone,
  larger,
  leaves,
  missingFrom,
  newly,
  off,
  on,
  type Row,
  rows,
  type Side,
  sameNamed,
} from "../table.ts";
import { text } from "../text.ts";
import { exposedFindings } from "./plain-text.ts";

// Safeguards of compute resources: instances, containers, and functions.

const METADATA_V1 =
  "Version 1 of the instance metadata service is allowed, which leaks credentials through request forgery.";

/** Source: "Work with instance user data" in the EC2 user guide: a change needs a stop, and scripts run at the first boot. */
const USER_DATA = "The instance is stopped and started, and a script that runs at every boot runs as root.";

/** Kinds of Kubernetes that run pods, and the place of the pod in each. */
const KUBERNETES = [
  ["pod", "spec.0"],
  ...["daemonset", "deployment", "job", "replication_controller", "stateful_set", "daemon_set"].map(
    (kind) => [kind, "spec.0.template.0.spec.0"] as const,
  ),
  ["cron_job", "spec.0.job_template.0.spec.0.template.0.spec.0"],
].flatMap(([kind = "", pod]) => kubernetesTypes(kind).map((type) => [type, `${pod}`] as const));

/** Folders of a host that its containers may use. */
const HOST_PATHS = {
  aws_ecs_task_definition: "volume.*.host_path",
  ...Object.fromEntries(KUBERNETES.map(([type, pod]) => [type, `${pod}.volume.*.host_path.0.path`])),
};

/** True for the sockets of a container engine and for folders with programs, settings, or devices of the host. */
function isSensitivePath(path: Side): boolean {
  return (
    typeof path === "string" &&
    /^\/((boot|dev|etc|lib|proc|root|run|sys|usr|var|var\/(lib|run))?\/?|var\/lib\/(docker|kubelet)\/?)$|\.sock$/.test(
      path,
    )
  );
}

/** Security context of a job's containers in EKS. */
const POD = "eks_properties.0.pod_properties.0.containers.*.security_context.0";

export const COMPUTE: readonly Row[] = [
  {
    path: ["metadata_options", 0, "http_tokens"],
    worse: either(leaves("required"), created(becomes("optional"))),
    severity: "caution",
    meaning: METADATA_V1,
  },
  {
    path: ["instance_metadata_options", 0, "http_tokens"],
    worse: either(leaves("required"), created(becomes("optional"))),
    severity: "caution",
    meaning: METADATA_V1,
  },
  ...rows(
    "note",
    "Version 1 of the instance metadata service is allowed unless the image or the account requires version 2.",
    created((_before, after) => isNothing(after)),
    {
      aws_instance: "metadata_options.0.http_tokens",
      aws_launch_configuration: "metadata_options.0.http_tokens",
      aws_launch_template: "metadata_options.0.http_tokens",
    },
  ),
  ...rows("caution", METADATA_V1, leaves("2"), {
    aws_sagemaker_notebook_instance:
      "instance_metadata_service_configuration.0.minimum_instance_metadata_service_version",
  }),
  ...rows("caution", "Clients act as the users that they name.", existing(gone), {
    aws_efs_access_point: "posix_user",
  }),
  ...rows("caution", "Clients see the whole file system.", existing(becomes("/")), {
    aws_efs_access_point: "root_directory.0.path",
  }),
  ...rows("caution", "Clients act as root in the file system.", becomes(0), {
    aws_efs_access_point: "posix_user.0.uid",
  }),
  ...rows("caution", "Instances run different commands than before.", existing(changed), {
    aws_ssm_document: "content",
  }),
  ...rows("caution", "New instances accept another key.", existing(changed), { aws_key_pair: "public_key" }),
  ...rows("danger", "Its containers can control their node.", on, {
    aws_batch_job_definition: ["containers", "init_containers"].map(
      (containers) => `eks_properties.0.pod_properties.0.${containers}.*.security_context.0.privileged`,
    ),
  }),
  ...rows("caution", "Its containers see the network of their node.", on, {
    aws_batch_job_definition: "eks_properties.0.pod_properties.0.host_network",
  }),
  ...rows("caution", "The disk is deleted together with the instance.", existing(on), {
    aws_instance: ["root_block_device.*.delete_on_termination", "ebs_block_device.*.delete_on_termination"],
  }),
  ...rows("caution", "People with permission for it can run commands inside the containers.", on, {
    aws_cloudwatch_event_target: "ecs_target.0.enable_execute_command",
    aws_pipes_pipe: "target_parameters.0.ecs_task_parameters.0.enable_execute_command",
    aws_scheduler_schedule: "target.0.ecs_parameters.0.enable_execute_command",
  }),
  ...rows("caution", "People with permission for it can open a shell in the containers.", existing(on), {
    aws_sagemaker_endpoint_configuration: "production_variants.*.enable_ssm_access",
  }),
  ...rows("caution", "Its container may run as root.", off, { aws_batch_job_definition: `${POD}.run_as_non_root` }),
  ...rows("caution", "Its container can write to its root file system.", off, {
    aws_batch_job_definition: `${POD}.read_only_root_file_system`,
  }),
  ...rows("caution", "A failed deployment goes on.", off, {
    aws_ecs_service: "deployment_circuit_breaker.0.enable",
  }),
  ...rows("caution", "Alarms stop a release, but do not roll it back.", off, { aws_ecs_service: "alarms.0.rollback" }),
  ...rows("caution", "Alarms no longer stop a release.", off, { aws_ecs_service: "alarms.0.enable" }),
  ...rows("caution", "Clients act as root in the share.", becomes("NoSquash"), {
    aws_storagegateway_nfs_file_share: "squash",
  }),
  ...rows("caution", "Code of another layer runs in the function.", existing(gainsLayer), {
    aws_lambda_function: "layers",
  }),
  ...rows("caution", METADATA_V1, leaves("required"), { aws_ec2_instance_metadata_defaults: "http_tokens" }),
  ...rows("caution", "Containers on the instance can reach its credentials.", larger, {
    aws_ec2_instance_metadata_defaults: "http_put_response_hop_limit",
    aws_instance: "metadata_options.0.http_put_response_hop_limit",
    aws_launch_configuration: "metadata_options.0.http_put_response_hop_limit",
    aws_launch_template: "metadata_options.0.http_put_response_hop_limit",
  }),
  ...rows("caution", "It may forward packets between other addresses.", becomes(false), {
    aws_instance: "source_dest_check",
    aws_network_interface: "source_dest_check",
    aws_spot_instance_request: "source_dest_check",
  }),
  ...rows("caution", USER_DATA, (before, after, { action }) => action === "update" && changedOrSet(before, after), {
    aws_instance: ["user_data", "user_data_base64"],
  }),
  ...rows(
    "caution",
    "The new instance runs the changed script as root.",
    (before, after, { action }) => action === "replace" && changedOrSet(before, after),
    { aws_instance: ["user_data", "user_data_base64"] },
  ),
  ...rows("caution", "New instances run the changed script as root.", existing(changedOrSet), {
    aws_launch_template: "user_data",
    aws_launch_configuration: ["user_data", "user_data_base64"],
  }),
  ...rows("caution", "New instances start from another image.", existing(changed), { aws_launch_template: "image_id" }),
  ...rows(
    "caution",
    "People with permission for it can run commands inside the containers.",
    either(existing(on), created(on)),
    {
      aws_ecs_service: "enable_execute_command",
    },
  ),
  ...rows(
    "danger",
    "Files are sent to the container unencrypted.",
    either(leaves("ENABLED"), created(becomes("DISABLED"))),
    {
      aws_ecs_task_definition: "volume.*.efs_volume_configuration.0.transit_encryption",
    },
  ),
  ...rows(
    "caution",
    "Its containers share the namespace of their host and see its processes or network.",
    becomes("host"),
    {
      aws_ecs_task_definition: ["pid_mode", "network_mode", "ipc_mode"],
    },
  ),
  ...rows("danger", "Its containers can control their host.", newly(isSensitivePath), HOST_PATHS),
  ...rows(
    "caution",
    "Its containers can read and change files of their host.",
    newly((path) => !isNothing(path) && !isSensitivePath(path)),
    HOST_PATHS,
  ),
  ...KUBERNETES.flatMap(([type, pod]) => [
    ...rows("danger", "The container can control its node.", on, {
      [type]: [
        `${pod}.container.*.security_context.0.privileged`,
        `${pod}.init_container.*.security_context.0.privileged`,
      ],
    }),
    ...rows("caution", "Its containers share the namespace of their node and see its processes or network.", on, {
      [type]: [`${pod}.host_network`, `${pod}.host_pid`, `${pod}.host_ipc`],
    }),
  ]),
  ...rows("danger", "Anyone who signs in to the notebook is root.", leaves("Disabled"), {
    aws_sagemaker_notebook_instance: "root_access",
  }),
  ...rows("caution", "Its image comes from another repository.", existing(isOfOtherRepository), {
    aws_apprunner_service: "source_configuration.0.image_repository.0.image_identifier",
    aws_codebuild_project: "environment.0.image",
    aws_lambda_function: "image_uri",
    aws_sagemaker_model: "primary_container.0.image",
    ...Object.fromEntries(KUBERNETES.map(([type, pod]) => [type, `${pod}.container.*.image`])),
  }),
];

/** Options such as a profile of AppArmor. */
function restrictions(container: Value | undefined): readonly string[] {
  return securityOptions(container).filter((option) => !UNRESTRICTING.test(option));
}

/** Ends of options that lift a restriction. */
const UNRESTRICTING = /[:=](unconfined|disable)$/;

function securityOptions(container: Value | undefined): readonly string[] {
  return listOf(at(container, "dockerSecurityOptions")).map(String);
}

/** True for images that differ in more than their tag or digest. Of an image that is not known yet, only these may differ. */
function isOfOtherRepository(before: Side, after: Side): boolean {
  return changed(before, after) && after !== ANOTHER_VALUE && repositoryOf(before) !== repositoryOf(after);
}

function repositoryOf(image: Side): string {
  return String(image)
    .replace(/@.*$/s, "")
    .replace(/:[^/:]*$/, "");
}

/** A layer of which the function had no version. */
function gainsLayer(before: Side, after: Side): boolean {
  const names = (layers: Side) => listOf(layers).map((layer) => String(layer).replace(/:\d+$/, ""));
  return names(after).some((name) => !names(before).includes(name));
}

function changedOrSet(before: Value | undefined, after: Value | undefined): boolean {
  return !isNothing(after) || !isNothing(before);
}

/** Arguments with container definitions, by type; those of a batch job are about one container. */
const CONTAINERS: Readonly<Record<string, string>> = {
  aws_batch_job_definition: "container_properties",
  aws_ecs_task_definition: "container_definitions",
};

/** Containers that are privileged, may write their root file system, or no longer send logs. */
export function containers({ type, before, after }: Subject): readonly Finding[] {
  const argument = entryOf(CONTAINERS, type);
  if (argument === undefined || after === undefined) {
    return [];
  }
  const [was, is] = [at(before, argument), at(after, argument)];
  const added = missingFrom(was, is, "name").map((container) => [undefined, container] as const);
  return [...sameNamed(was, is, "name"), ...added].flatMap(([one, other]) => looseContainer(one, other));
}

/** True for a container whose task definition states that it runs as root, or leaves that to the image. */
function isRoot(user: Value | undefined): boolean {
  return isNothing(user) || /^(root|0)(:|$)/.test(String(user));
}

function capabilities(container: Value | undefined): readonly Value[] {
  return listOf(at(container, "linuxParameters", "capabilities", "add"));
}

/** Capabilities that a container does without. */
function dropped(container: Value | undefined): readonly Value[] {
  return listOf(at(container, "linuxParameters", "capabilities", "drop"));
}

/** Devices of the host. */
function devices(container: Value | undefined): readonly Value[] {
  return listOf(at(container, "linuxParameters", "devices")).flatMap((device) => at(device, "hostPath") ?? []);
}

function looseContainer(was: Value | undefined, is: Value): readonly Finding[] {
  const container = at(is, "name") === undefined ? text`The container` : text`The container ${at(is, "name") ?? null}`;
  const findings: (Finding | false)[] = [
    at(is, "privileged") === true &&
      at(was, "privileged") !== true && {
        severity: "danger",
        text: [...container, " is privileged: it can control its host."],
      },
    at(was, "readonlyRootFilesystem") === true &&
      at(is, "readonlyRootFilesystem") !== true && {
        severity: "caution",
        text: [...container, " can write to its root file system."],
      },
    !isRoot(at(was, "user")) &&
      isRoot(at(is, "user")) && {
        severity: "caution",
        text: [...container, " runs as root unless its image has another user."],
      },
    ...capabilities(is)
      .filter((capability) => !capabilities(was).includes(capability))
      .map(
        (capability): Finding => ({
          severity: "caution",
          text: [...container, ...text` gets the capability ${capability}.`],
        }),
      ),
    fewer(dropped(was), dropped(is)) &&
      !dropped(is).includes("ALL") && {
        severity: "caution",
        text: [...container, " drops fewer capabilities than before."],
      },
    ...devices(is)
      .filter((device) => !devices(was).includes(device))
      .map((device): Finding => ({ severity: "caution", text: [...container, ...text` gets the device ${device}.`] })),
    fewer(restrictions(was), restrictions(is)) && {
      severity: "caution",
      text: [...container, " has fewer security options than before."],
    },
    ...securityOptions(is)
      .filter((option) => UNRESTRICTING.test(option) && !securityOptions(was).includes(option))
      .map(
        (option): Finding => ({
          severity: "caution",
          text: [...container, ...text` gets the security option ${option}.`],
        }),
      ),
    isOfOtherRepository(at(was, "image"), at(is, "image")) && {
      severity: "caution",
      text: [...container, ...text` gets its image from another repository: ${repositoryOf(at(is, "image"))}.`],
    },
    ...exposedFindings(container, [], was, is),
    !isNothing(at(was, "healthCheck")) &&
      isNothing(at(is, "healthCheck")) && {
        severity: "caution",
        text: [...container, " is no longer checked: a task with a container that fails goes on."],
      },
    !isNothing(at(was, "logConfiguration")) &&
      isNothing(at(is, "logConfiguration")) && {
        severity: "danger",
        text: [...container, " no longer sends its logs anywhere."],
      },
  ];
  return findings.filter((finding) => finding !== false);
}
