/** A refusal with the provider's own status and text. The texts are those of Plivo reference §10.3. */
export class PlivoRefusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = "PlivoRefusal";
    this.status = status;
  }
}

export function invalidParameter(text: string): PlivoRefusal {
  return new PlivoRefusal(400, `Invalid parameter. ${text}`);
}

export function missingParameter(name: string): PlivoRefusal {
  return new PlivoRefusal(400, `Mandatory parameter missing. ${name} must be present.`);
}

export function alreadyExpired(): PlivoRefusal {
  return new PlivoRefusal(400, "Session already expired");
}

export function notFound(): PlivoRefusal {
  return new PlivoRefusal(404, "The resource requested for was not found.");
}
