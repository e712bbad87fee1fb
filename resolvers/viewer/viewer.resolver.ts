import { Ctx, Query, Resolver } from "type-graphql";
import { Viewer } from "../../schema/index.js";
import type { OperationContext } from "../../src/context/context.js";

@Resolver()
export class ViewerResolver {
  @Query(() => Viewer, { description: "Who is asking, and with what rights." })
  viewer(@Ctx() { principal }: OperationContext): unknown {
    return { name: principal.name, scopes: [...principal.scopes], connections: principal.connections };
  }
}
