/** First characters of a task ID, enough to tell the tasks of a service apart. */
export function shortId(task: string): string {
  return task.slice(0, 4);
}
