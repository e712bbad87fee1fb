/** A refusal in the framework's envelope (Evo Voice reference §6). */
export class EvoRefusal extends Error {
  readonly status: number;
  /** Exception name or code. */
  readonly errorCode: string;
  /** The member at fault, for validation errors. */
  readonly fieldName: string | null;

  constructor(status: number, errorCode: string, message: string, fieldName: string | null = null) {
    super(message);
    this.name = "EvoRefusal";
    this.status = status;
    this.errorCode = errorCode;
    this.fieldName = fieldName;
  }
}

export function invalidArgument(fieldName: string, message: string): EvoRefusal {
  return new EvoRefusal(400, "ArgumentException", message, fieldName);
}

export function forbidden(message: string): EvoRefusal {
  return new EvoRefusal(403, "Forbidden", message);
}

export function sessionNotFound(): EvoRefusal {
  return new EvoRefusal(404, "NotFound", "Session does not exist");
}
