import type { ConfigField, ConfigValues } from "../provider.js";

/** The body formats the API is read in. */
export const EVO_VOICE_FORMATS = ["json", "xml"] as const;
export type EvoVoiceFormat = (typeof EVO_VOICE_FORMATS)[number];

/** Production; staging is another host of the same shape (Evo Voice reference §1). */
const DEFAULT_BASE_URL = "https://evovoice.io";

/** Configuration keys of a connection. */
export const evoVoiceConfig: readonly ConfigField[] = [
  {
    key: "username",
    env: "EVO_VOICE_USERNAME",
    description:
      "E-mail address of the login; a manager sees recordings, a phone user sees chat transcripts and can create, hold, transfer and end sessions.",
    required: true,
  },
  {
    key: "password",
    env: "EVO_VOICE_PASSWORD",
    description: "Password of the login.",
    secret: true,
    required: true,
  },
  {
    key: "accountIds",
    env: "EVO_VOICE_ACCOUNT_IDS",
    description: "Accounts to read, comma-separated. Default: every account the login may use.",
    type: "list",
  },
  {
    key: "format",
    env: "EVO_VOICE_FORMAT",
    description: "Body format of the answers: json or xml. Both give the same records.",
    default: "json",
    type: { oneOf: EVO_VOICE_FORMATS },
  },
  {
    key: "baseUrl",
    env: "EVO_VOICE_BASE_URL",
    description: "Where the API is; the staging host is a different one.",
    default: DEFAULT_BASE_URL,
    type: "url",
  },
];

/** The configuration of one connection, typed. */
export interface EvoVoiceSettings {
  username: string;
  password: string;
  /** Empty: every account the login may use. */
  accountIds: readonly string[];
  format: EvoVoiceFormat;
  baseUrl: string;
}

/** Types what the configuration reader has already checked; absent optional keys get their defaults. */
export function toSettings(config: ConfigValues): EvoVoiceSettings {
  return {
    username: one(config.username) ?? "",
    password: one(config.password) ?? "",
    accountIds: many(config.accountIds),
    format: one(config.format) === "xml" ? "xml" : "json",
    baseUrl: (one(config.baseUrl) ?? DEFAULT_BASE_URL).replace(/\/+$/, ""),
  };
}

/** An id with a comma, a bracket or a blank would be read as several or as none once it stands in a list parameter. */
export function checkEvoVoiceConfig(config: ConfigValues): readonly string[] {
  return many(config.accountIds).some((id) => !/^[A-Za-z0-9._:~-]+$/.test(id))
    ? ["accountIds: an account id holds characters that an id cannot have."]
    : [];
}

function one(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function many(value: string | readonly string[] | undefined): readonly string[] {
  const items = typeof value === "string" ? value.split(",") : (value ?? []);
  return items.map((item) => item.trim()).filter((item) => item !== "");
}
