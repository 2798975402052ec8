export interface Container {
  readonly name: string;
  readonly image: Image;
  readonly port: number;
  readonly protocol: "tcp" | "udp";
  /** IPv4 ranges that may reach a sidecar's port; nobody but the task's own containers when left out. */
  readonly openTo?: readonly string[];
  /** MiB that the container may use at most; the rest of the task's memory when left out. */
  readonly memory?: number;
  readonly environment: Readonly<Record<string, string>>;
  /** An essential container takes its task down with it. */
  readonly essential: boolean;
}

/** Either one of our own programs, whose releases come from a repository of its own, or somebody's public image, pinned. */
export type Image = { readonly repository: string; readonly program: string } | { readonly public: string };
