/** What is wrong with a message that the protocol's library has refused without saying it. */
import { validateMessage } from "graphql-ws";

/** The reason of a close frame (4400) for a message, in a sentence for whoever writes the client. Never throws. */
export function whyInvalid(text: string): string {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return "Invalid message received: it is no JSON";
  }
  try {
    const { type } = validateMessage(message);
    return `Invalid message received: "${type}" is not the client's to send`;
  } catch (error) {
    return `Invalid message received: ${error instanceof Error ? error.message : String(error)}`;
  }
}
