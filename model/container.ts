export interface Container {
  readonly name: string;
  readonly image: Image;
  readonly port: number;
  readonly protocol: "tcp" | "udp";
  /** IPv4 ranges that may reach a sidecar's port; if omitted, only the task's own containers. */
  readonly openTo?: readonly string[];
  /** Maximum MiB that the container may use; if omitted, the rest of the task's memory. */
  readonly memory?: number;
  readonly environment: Readonly<Record<string, string>>;
  /**
   * Further variables by name. ECS reads each value from a secret, given by its ARN, or a parameter, given by its ARN or
   * name.
   */
  readonly secrets?: Readonly<Record<string, string>>;
  /** ECS stops the whole task when an essential container stops, and restarts any other container. */
  readonly essential: boolean;
  /** Names of containers in the task that start before this one and stop after it. */
  readonly dependsOn?: readonly string[];
  /** Arguments for the image's entry point; if omitted, those of the image. */
  readonly command?: readonly string[];
}

/** A program of this project, released from its repository, or a pinned public image. */
export type Image = { readonly repository: string; readonly program: string } | { readonly public: string };

/** Image of a program in `service/`. */
export function programImage(name: string): Image {
  return { repository: name, program: `service/${name}/main.ts` };
}
