/** Everything a number took part in, against what the providers themselves say. */
import { expect, it } from "vitest";
import { startTestWorld } from "../support/gateway.js";

interface Row {
  id: string;
  raw: unknown;
}

it("a number finds every session whose provider names it as a party, and no other", async () => {
  await using world = await startTestWorld({ sandbox: { days: 30 } });
  const { gateway, sandbox } = world;
  const rows: Row[] = [];
  let after: string | null = null;
  do {
    const page: {
      data: { sessions: { nodes: Row[]; pageInfo: { hasNextPage: boolean; endCursor: string } } } | null;
    } = await gateway.query(
      "query ($after: String) { sessions(first: 100, after: $after) { nodes { id raw } pageInfo { hasNextPage endCursor } } }",
      { after },
    );
    rows.push(...(page.data?.sessions.nodes ?? []));
    after = page.data?.sessions.pageInfo.hasNextPage ? page.data.sessions.pageInfo.endCursor : null;
  } while (after !== null);
  expect(rows.length).toBeGreaterThan(100);

  const numbers = new Set(
    sandbox.conversations.flatMap(({ from, to, links, steps }) => [
      ...[from.number, to.number],
      ...links.map(({ value }) => value).filter((value) => /^\+\d+$/.test(value)),
      ...steps.flatMap((step) =>
        step.do === "transfer" ? step.transfer.destinations.map((one) => one.to.number) : [],
      ),
    ]),
  );
  let found = 0;
  for (const number of [...numbers].filter((one) => one !== null)) {
    const told: string[] = [];
    let cursor: string | null = null;
    do {
      const {
        data,
        errors,
      }: Awaited<
        ReturnType<
          typeof gateway.query<{
            phoneNumber: {
              sessions: { nodes: { id: string }[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
            };
          }>
        >
      > = await gateway.query(
        "query ($number: String!, $after: String) { phoneNumber(number: $number) { sessions(first: 100, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } } }",
        { number, after: cursor },
      );
      expect(errors).toEqual([]);
      told.push(...(data?.phoneNumber.sessions.nodes ?? []).map(({ id }) => id));
      cursor = data?.phoneNumber.sessions.pageInfo.hasNextPage
        ? data.phoneNumber.sessions.pageInfo.endCursor
        : null;
    } while (cursor !== null);
    const named = rows.filter(({ raw }) => JSON.stringify(raw).includes(number.slice(1))).map(({ id }) => id);
    expect(new Set(told), number).toEqual(new Set(named));
    found += told.length;
  }
  expect(found).toBeGreaterThan(rows.length);
}, 120_000);
