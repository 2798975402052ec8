/** Types of the Kubernetes provider for a kind: most have a second name with the version of the API. */
export function kubernetesTypes(kind: string): readonly string[] {
  return [`kubernetes_${kind}`, `kubernetes_${kind}_v1`];
}
