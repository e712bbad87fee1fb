/** What is measured: 50 sessions with their members, transfers and the report's summary, warm. */
export const QUERY = `{
  sessions(first: 50) {
    nodes {
      id provider providerId state phase startedAt endedAt durationSeconds
      from { address displayName }
      to { address displayName }
      members { id role state displayName }
      transfers { id kind status transferTo createdAt }
      report { summary outcome }
    }
  }
}`;

export const BODY = JSON.stringify({ query: QUERY });
