/** Returns the filter expression for traces with this annotation value. */
export function annotationFilter(key: string, value: string | number | boolean): string {
  const name = /^[A-Za-z_][\w.]*$/.test(key) ? `annotation.${key}` : `annotation[${JSON.stringify(key)}]`;
  return `${name} = ${JSON.stringify(value)}`;
}
