/** What can be subscribed to, for one subscriber. */
import { connectionsSource } from "./connections-source.js";
import type { LiveSource } from "./live.js";
import type { LiveReading } from "./reading.js";
import { sessionChanges, type SessionChangesArgs } from "./session-changes.js";
import { sessionSource } from "./session-source.js";
import { timelineSource } from "./timeline-source.js";
import { transcriptSource, type TranscriptArgs } from "./transcript-source.js";
import { transfersSource } from "./transfers-source.js";

/** Each reads its arguments, and rejects with what is wrong with them. */
export interface LiveSources {
  sessionChanges(args: SessionChangesArgs): Promise<LiveSource>;
  session(args: { id: string; after?: string | null }): Promise<LiveSource>;
  transcript(args: TranscriptArgs): Promise<LiveSource>;
  transfers(args: Parameters<typeof transfersSource>[0]): Promise<LiveSource>;
  timeline(args: { sessionId: string }): Promise<LiveSource>;
  connectionChanges(): LiveSource;
}

/** Builds them. */
export function createLiveSources(reading: LiveReading): LiveSources {
  return {
    sessionChanges: (args) => sessionChanges(args, reading),
    session: (args) => sessionSource(args, reading),
    transcript: (args) => transcriptSource(args, reading),
    transfers: (args) => transfersSource(args, reading),
    timeline: (args) => timelineSource(args, reading),
    connectionChanges: () => connectionsSource(reading),
  };
}
