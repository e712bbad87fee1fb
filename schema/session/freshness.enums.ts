import { defineEnum } from "../shared/define-enum.js";

export const FreshnessSource = defineEnum("FreshnessSource", "How an answer came to be here.", {
  PROVIDER: "It was read from the provider for this very request.",
  CACHE: "It was read from the provider earlier and kept.",
  PUSH: "The provider sent it by itself, over a stream or a webhook.",
});
export type FreshnessSource = keyof typeof FreshnessSource;
