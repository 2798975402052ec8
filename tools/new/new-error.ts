/** Thrown for a name that cannot be added. Nothing is written in that case. */
export class NewError extends Error {
  override readonly name = "NewError";
}
