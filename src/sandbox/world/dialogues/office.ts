import { dialogue } from "./dialogue.js";

export const OFFICE_DIALOGUES = [
  dialogue(
    "scanner-support",
    {
      language: "en-US",
      summary: "{customer}'s handheld scanner refuses its docking station; a worn charging contact.",
      outcome: "Replacement scanner",
    },
    `
    user: Hi {agent}, it's {customer}. Scanner nineteen is dead again.
    agent: Dead dead, or the red light?
    user: Red light. It's been in the dock all night.
    agent: Take it out and look at the two gold contacts. Is one of them dark?
    user: Yes, the left one looks burnt.
    agent: That's the third one this month. Bring it over, I'll give you a spare.
    user: I can't leave the belt before {time}.
    agent: Then I'll walk it down. Which gate are you at?
    user: Gate {code}.
    agent: Five minutes.
    user: You're a star.
    `,
  ),
  dialogue(
    "route-handover",
    {
      language: "en-US",
      summary: "{agent} took over the {street} round on {day}.",
      outcome: "Round covered",
    },
    `
    user: {agent}, have you a minute? I'm short a driver on {day}.
    agent: Again? Which round?
    user: The {street} one, from {time}.
    agent: I can take it, if somebody does my lockers.
    user: I'll do your lockers.
    agent: Then we're fine. Put it in the plan, please.
    user: Doing it now.
    `,
  ),
  dialogue(
    "chat-login",
    {
      language: "en-US",
      summary: "{customer} could not sign in after changing phones; new code sent.",
      outcome: "Signed in",
    },
    `
    user: hi, i got a new phone and now i cant log in
    agent: Hi {first}, this is {agent}. Does it ask you for a code?
    user: yes but it sends it to the old phone 😬
    agent: That's easy to change. Which email do you sign in with?
    user: the one i'm chatting from
    agent: Thank you. I've sent a new code there. Please type it within ten minutes.
    user: {code}?
    agent: Please don't post it here, only in the app.
    user: oops. ok it worked!
    agent: Great. I've also removed the old phone from your account.
    user: thanks, you're quick
    `,
  ),
  dialogue(
    "chat-invoice",
    {
      language: "en-US",
      summary: "{customer} needed invoice {order} with a company address.",
      outcome: "Invoice reissued",
    },
    `
    user: Hello, I need invoice {order} again but with our company address on it.
    agent: Good morning {first}, {agent} here. Which address shall I put?
    user: Same street, {street}, but with "c/o Accounting" in the second line.
    agent: Like this: {street}, c/o Accounting?
    user: Exactly.
    agent: It's on its way to your inbox, {amount} in total. The old one is void now.
    user: Got it. Thank you!
    `,
  ),
  dialogue(
    "fax-referral",
    {
      language: "en-GB",
      summary: "Referral letter for {customer}.",
      outcome: "Fax received",
    },
    `
    system: FAX COVER SHEET
    system: From: Laboratory. To: {company}, attention {agent}.
    system: Re: {customer}, reference {order}. Please file with the record and confirm receipt.
    `,
  ),
  dialogue(
    "voicemail-message",
    {
      language: "en-US",
      summary: "Left a message about parcel {order}.",
      outcome: "voicemail",
    },
    `
    system: voicemail greeting detected
    agent: Hello {first}, this is {company} about your parcel {order}. It will be with you on {day}. There's nothing you need to do. Goodbye.
    `,
  ),
] as const;
