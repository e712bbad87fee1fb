/** A browser, where there is one. */
import { existsSync } from "node:fs";
import { chromium, type Browser } from "playwright-core";

const CHROMIUM = "/usr/bin/chromium";

/** Starts Chromium. Answers null, and says so, where it is not installed and need not be. */
export async function startChromium(skipped: string): Promise<Browser | null> {
  if (!existsSync(CHROMIUM)) {
    if (process.env["SWITCHBOARD_REQUIRE_SERVICES"] === "1") throw new Error(`${CHROMIUM} is missing`);
    console.warn(`skipped: Chromium is not installed, so ${skipped}`);
    return null;
  }
  return chromium.launch({
    executablePath: CHROMIUM,
    args: ["--no-sandbox", "--disable-background-networking"],
  });
}
