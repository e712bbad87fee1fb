import { Field, InputType } from "type-graphql";
import { OrderDirection, SessionOrderField } from "./session.enums.js";

@InputType({
  description: "The order of a list of sessions. Equal values keep a fixed order among themselves.",
})
export class SessionOrder {
  @Field(() => SessionOrderField, {
    defaultValue: SessionOrderField.STARTED_AT,
    description: "What to sort by.",
  })
  field!: SessionOrderField;

  @Field(() => OrderDirection, { defaultValue: OrderDirection.DESC, description: "Which end comes first." })
  direction!: OrderDirection;
}
