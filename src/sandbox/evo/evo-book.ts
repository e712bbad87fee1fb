import type { Conversation, Step } from "../conversation.js";
import type { Random } from "../kit/random.js";
import type { Directory } from "./evo-directory.js";
import type { FileInfo, SessionRecord } from "./evo-records.js";
import { toScriptedSession } from "./evo-script.js";
import { applyStep, settleDue, type Scene } from "./evo-steps.js";

/** Sessions move to the archive at this age; only a search of the archive finds them there (quirk Q2). */
export const ARCHIVE_AGE_MS = 15 * 86_400_000;

/** Everything this provider has stored. */
export interface EvoBook {
  /** In order of creation. `archived` picks one of the two collections, which never overlap. */
  sessions(archived: boolean): SessionRecord[];
  /** A live session; archived ones are not found by id. */
  find(id: string): SessionRecord | undefined;
  add(record: SessionRecord): void;
  /** Forgets sessions for good. */
  remove(condition: (record: SessionRecord) => boolean): void;
  files(): FileInfo[];
  filesOf(sessionId: string): readonly FileInfo[];
  begin(conversation: Conversation): void;
  apply(conversation: Conversation, step: Step, at: number): void;
}

export function createEvoBook(directory: Directory, random: Random, now: () => number): EvoBook {
  const records = new Map<string, SessionRecord>();
  const scenes = new Map<string, Scene>();

  const isArchived = ({ info }: SessionRecord): boolean =>
    Date.parse(info.dateCreated) < now() - ARCHIVE_AGE_MS;
  const current = (): SessionRecord[] => {
    const all = [...records.values()];
    for (const record of all) if (record.due.length > 0) settleDue(record, now());
    return all;
  };

  return {
    sessions: (archived) => current().filter((record) => isArchived(record) === archived),
    find(id) {
      const record = records.get(id);
      if (!record || isArchived(record)) return undefined;
      settleDue(record, now());
      return record;
    },
    add: (record) => void records.set(record.info.id, record),
    remove(condition) {
      for (const [id, record] of records) if (condition(record)) records.delete(id);
    },
    files: () => [...records.values()].flatMap(({ files }) => files),
    filesOf: (sessionId) => records.get(sessionId)?.files ?? [],

    begin(conversation) {
      const record = toScriptedSession(conversation, directory, random, random.fork(conversation.id));
      records.set(record.info.id, record);
      scenes.set(conversation.id, { conversation, record, directory });
    },
    apply(conversation, step, at) {
      const scene = scenes.get(conversation.id);
      if (!scene) throw new Error(`Conversation ${conversation.id} was never begun`);
      applyStep(scene, step, at);
    },
  };
}
