/** What is asked. */

/** 50 sessions, newest first, two filters. */
export const LIST_PAGE = `query ($after: String) {
  sessions(first: 50, after: $after, filter: { phases: [ENDED], directions: [INBOUND] }) {
    nodes {
      id provider providerId state phase startedAt endedAt durationSeconds
      from { address displayName }
      to { address displayName }
    }
    pageInfo { hasNextPage endCursor }
  }
}`;

/** How many there are, of everything and of what two filters match. */
export const COUNT_ALL = "{ sessions(first: 1) { totalCount } }";
export const COUNT_FILTERED =
  "{ sessions(first: 1, filter: { phases: [ENDED], directions: [INBOUND] }) { totalCount } }";
export const FIGURES = "{ connections { name sessionCount liveCount } }";

/** Every unified field of sessions asked for by id. */
export const NODES = `query ($ids: [ID!]!) {
  nodes(ids: $ids) {
    ... on Session {
      __typename id provider providerId channel direction phase state title
      connection { name }
      from { address displayName number { e164 } } to { address displayName number { e164 } }
      startedAt answeredAt endedAt updatedAt durationSeconds cost { amount currency }
      members { id role state displayName party { address displayName } }
      interactions { id index type startedAt endedAt durationSeconds legs { role status party { address } } }
      transfers { id kind status transferTo createdAt completedAt }
      transcript { entryCount text entries(first: 50) { nodes { id index source text startedAt endedAt } } }
      report { origin summary outcome structuredData analysisStatus createdAt }
      recordings { id status format durationSeconds }
      timeline(first: 50) { nodes { id at type source } }
      freshness { fetchedAt ageSeconds stale source }
    }
  }
}`;

/** The list page by words instead: one that most sessions with turns have, and one that none has. */
export const WORDS_PAGE = `query ($text: String!) {
  sessions(first: 50, filter: { text: $text }) { nodes { id state startedAt } pageInfo { hasNextPage endCursor } }
}`;
export const FREQUENT_WORDS = "order late";
export const UNKNOWN_WORD = "zygomorphic";

/** The list page with what other connections saw of each conversation. */
export const RELATED_PAGE = `{
  sessions(first: 50, filter: { phases: [ENDED], directions: [INBOUND] }) {
    nodes { id related { reason confidence session { id } } }
  }
}`;
