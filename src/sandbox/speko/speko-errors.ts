/** A request this provider turns down, as its envelope (Speko reference §9). */
export class SpekoRefusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly issues?: readonly { path: string; message: string }[],
  ) {
    super(message);
    this.name = "SpekoRefusal";
  }
}

export function unknownSession(): SpekoRefusal {
  return new SpekoRefusal(404, "SESSION_NOT_FOUND", "Session not found");
}

/** The codes of state conflicts are unpublished apart from the agents' one. */
export function conflict(message: string): SpekoRefusal {
  return new SpekoRefusal(409, "CONFLICT", message);
}

export function invalid(path: string, message: string): SpekoRefusal {
  return new SpekoRefusal(400, "VALIDATION_ERROR", "Validation failed", [{ path, message }]);
}

export function notFound(what: string): SpekoRefusal {
  return new SpekoRefusal(404, "NOT_FOUND", `${what} not found`);
}
