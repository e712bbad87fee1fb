import { Field, ObjectType } from "type-graphql";

@ObjectType({ description: "Who is asking, and with what rights.", simpleResolvers: true })
export class Viewer {
  @Field(() => String, { description: "Name of the key or of the token's subject." })
  name!: string;

  @Field(() => [String], { description: "What it may do, such as `sessions:read`." })
  scopes!: string[];

  @Field(() => [String], { description: "Names of the connections that it may see." })
  connections!: string[];
}
