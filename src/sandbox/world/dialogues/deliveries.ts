import { dialogue } from "./dialogue.js";

export const DELIVERY_DIALOGUES = [
  dialogue(
    "parcel-late",
    {
      language: "en-US",
      summary:
        "{customer} is missing parcel {order}, marked as delivered but not there. The driver's photo shows the wrong porch at {street}; a search was opened and a callback promised.",
      outcome: "Search opened for {order}",
    },
    `
    agent: Parcel Pigeon, thanks for calling. Do you have a parcel number for me?
    user: Yes. It's {order}.
    agent: Thank you. I see {order} was delivered today. Is that why you're calling?
    user: It says delivered, but there's nothing here. I've been home all day.
    agent: I'm sorry about that. Let me look at the driver's photo. One moment.
    user: Sure.
    agent: The photo shows a green door with two planters. Is that yours?
    user: No. My door is white. I don't even have planters.
    agent: What's the address on your order?
    user: {street}.
    agent: And the driver's position was three houses further on. It may be on a neighbor's porch.
    user: I'm not going to go through the neighbors' porches.
    agent: Of course not. I'll open a search, and the driver goes back on the next round to pick it up.
    user: When is that?
    agent: Tomorrow before noon. If it isn't found, the sender is told to replace it and you don't pay anything.
    user: Last time I was told that, nobody called me back.
    agent: I understand. I'm noting a callback for {day}, whatever happens. Is this number right?
    user: Yes, this one.
    agent: Is there anything inside that spoils, or that you need by a certain day?
    user: It's a birthday present. For {day}.
    agent: Then I mark it as urgent, so dispatch sees it first in the morning.
    user: Okay. Thank you, that helps.
    agent: Thank you for your patience, {first}. Goodbye.
    `,
  ),
  dialogue(
    "parcel-redirect",
    {
      language: "en-US",
      summary: "{customer} sent parcel {order} to a pick-up locker because nobody is home on {day}.",
      outcome: "{order} redirected to a locker",
    },
    `
    agent: Parcel Pigeon. What can I do for you today?
    user: I'm away on {day} and you're bringing something. Can it go somewhere else?
    agent: It can. What's the parcel number?
    user: {order}.
    agent: Got it. There's a locker two blocks from {street}, open all day. Would that suit you?
    user: How long does it stay there?
    agent: Three days. You'll get a code by text; the last four digits are always {code} for this locker bank.
    user: That's fine, please send it there.
    agent: Done. Anything else?
    user: No, that's it. Thanks.
    `,
  ),
  dialogue(
    "claim-handover",
    {
      language: "en-US",
      summary:
        "{customer} received {order} crushed and wants {amount} back. Over the limit for the voice agent, so a colleague was asked to take the call.",
      outcome: "Handed to a colleague about a claim of {amount}",
    },
    `
    agent: Parcel Pigeon, hello. How can I help?
    user: My parcel arrived and it looks like somebody drove over it.
    agent: Oh no. I'm sorry. Which number is it?
    user: {order}. It was a lamp. It cost {amount}.
    agent: Have you kept the packaging?
    user: All of it, and I took pictures.
    agent: That's exactly right. A claim of {amount} has to be decided by a person. May I put you through?
    user: Yes, please. I don't want to tell all of it again, though.
    agent: You won't have to. I'll tell my colleague first and then connect you. Please stay on the line.
    `,
  ),
  dialogue(
    "driver-pickup",
    {
      language: "en-US",
      summary: "Driver and passenger agreed on a corner, because {street} is closed.",
      outcome: "met",
    },
    `
    agent: Hi, it's your driver. I'm on {street}, but it's closed at the bridge.
    user: Oh, the marathon. Sorry, I should have said.
    agent: No problem. Can you walk to the corner by the pharmacy?
    user: Sure, two minutes. What car is it?
    agent: Silver Corolla, plate ends in {code}.
    user: I see you. I'm waving. Red jacket.
    agent: Got you.
    `,
  ),
  dialogue(
    "courier-gate",
    {
      language: "en-GB",
      summary: "Courier could not open the gate at {street}; the customer gave the code.",
      outcome: "delivered",
    },
    `
    agent: Hello, courier here. I'm at {street} and the gate wants a code.
    user: Sorry, yes. It's {code} and then the bell.
    agent: It blinks red.
    user: Press the bell first, then. It's an old one.
    agent: That did it. Second floor?
    user: Second floor, left. Mind the dog, he's friendly.
    agent: On my way up.
    `,
  ),
] as const;
