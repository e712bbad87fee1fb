import { defineEnum } from "../shared/define-enum.js";

export const TransferKind = defineEnum("TransferKind", "How a session is handed to somebody else.", {
  BLIND: "The recipient is called and connected without being asked first.",
  WARM: "The recipient is asked first, and connected once they agree.",
  UNKNOWN: "The provider's word for it is not known here.",
});
export type TransferKind = keyof typeof TransferKind;

export const TransferStatus = defineEnum("TransferStatus", "How far a transfer has come.", {
  REQUESTED: "The recipient is being called.",
  SCREENING: "The recipient is on the line and being asked.",
  BRIDGING: "The recipient agreed and is being connected.",
  COMPLETED: "The recipient has the session. Final.",
  FAILED: "It did not work. Final.",
  CANCELLED: "It was given up. Final.",
  UNKNOWN: "The provider's word for it is not known here.",
});
export type TransferStatus = keyof typeof TransferStatus;
