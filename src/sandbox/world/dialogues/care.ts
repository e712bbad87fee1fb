import { dialogue } from "./dialogue.js";

export const CARE_DIALOGUES = [
  dialogue(
    "billing-question",
    {
      language: "en-US",
      summary: "{customer} was charged {amount}, twice the usual. An estimated meter reading was corrected.",
      outcome: "Corrected bill",
    },
    `
    agent: {company} billing, you're speaking with {agent}. Who am I talking to?
    user: {customer}, {street}. My bill is {amount}, that's double.
    agent: Let me pull it up. Your reading last month was an estimate. Can you read me the meter?
    user: Hang on. Four, seven, one, {code}.
    agent: Thank you. That's a good deal lower than we guessed. The new bill will be about half of it.
    user: Do I have to pay the {amount} first?
    agent: No, I'm cancelling it now. You'll have the corrected one by {day}.
    user: And next month it starts again?
    agent: Not if the reading comes in. I'll switch you to reminders by text, if you like.
    user: Yes, do that. Thank you, {agent}.
    agent: You're welcome. Have a good day.
    `,
  ),
  dialogue(
    "power-outage",
    {
      language: "en-US",
      summary: "No power at {street}; a known fault, repair expected by {later}.",
      outcome: "Known outage",
    },
    `
    agent: {company} outages, {agent} speaking. Is everyone safe where you are?
    user: Yes, but the whole street is dark. {street}.
    agent: We know about it. A cable was hit by a digger on the next block.
    user: How long? I have insulin in the fridge.
    agent: We expect power by {later}. An unopened fridge keeps cold for about four hours.
    user: Okay. Can you tell me when it's back? I might go to my sister's.
    agent: You're on the list for a text to this number. And I've marked the address as medical.
    user: Thank you, really.
    agent: Of course. Keep the fridge closed, and call again if anything changes.
    `,
  ),
  dialogue(
    "prescription-refill",
    {
      language: "en-GB",
      summary: "{customer} asked for a repeat prescription; ready at the pharmacy from {day}.",
      outcome: "Repeat prescription sent",
    },
    `
    agent: {company}, prescriptions. It's {agent} here.
    user: Morning. I need my repeat, I've three tablets left. {customer}.
    agent: And your date of birth, please?
    user: Fourth of May, seventy-one.
    agent: Lovely. Same pharmacy, on {street}?
    user: Yes. Will it be there today?
    agent: The doctor signs at lunch, so it's {day} from ten o'clock. Will three tablets do?
    user: Just about.
    agent: If it isn't there, ask them to ring me directly. Anything else?
    user: No, you've been very kind. Bye now.
    `,
  ),
  dialogue(
    "tenant-leak",
    {
      language: "en-US",
      summary: "Water under the sink at {street}; plumber between {time} and {later}.",
      outcome: "Plumber booked",
    },
    `
    agent: {company}, this is {agent}.
    user: Hi, there's water coming out under my sink. A lot of it.
    agent: Okay, {first}. Do you see two small valves on the wall? Turn both to the right.
    user: One second. The left one is stuck.
    agent: Try it with a towel.
    user: Got it. It's stopped. The floor is a pond.
    agent: Good work. I have a plumber free today between {time} and {later}. Are you home?
    user: I will be. Do I pay for that?
    agent: No, that's on the house, literally. I'll also send someone to look at the floor.
    user: Gracias, {agent}.
    agent: De nada. See you later.
    `,
  ),
  dialogue(
    "outage-de",
    {
      language: "de-DE",
      summary:
        "{customer} meldet Stromausfall in der Wohnung, {street}. Nachbarn haben Strom; Zählersicherung geprüft, Techniker für {day} bestellt.",
      outcome: "Techniker am {day} um {time} Uhr",
    },
    `
    agent: Stadtwerke Lindenau, Störungsannahme. Was ist passiert?
    user: Guten Tag, bei uns ist der Strom weg. {street}, dritter Stock.
    agent: Das tut mir leid. Haben Ihre Nachbarn auch keinen Strom?
    user: Doch, im Treppenhaus brennt Licht. Nur bei uns ist alles dunkel.
    agent: Dann liegt es vermutlich an Ihrer Zählersicherung. Kommen Sie an den Zählerschrank?
    user: Moment, der ist im Keller. Ich gehe kurz runter … So, ich stehe davor.
    agent: Steht bei Ihrem Zähler der große Schalter auf null?
    user: Ja, der ist unten. Soll ich ihn hochdrücken?
    agent: Bitte einmal, und nur einmal.
    user: Er springt sofort wieder raus.
    agent: Dann lassen Sie ihn bitte aus. Ich schicke Ihnen einen Techniker, am {day} um {time} Uhr.
    user: Früher geht es nicht? Wir haben Kühlgut, und meine Mutter braucht ihr Gerät fürs Hören.
    agent: Ich setze Sie auf die Dringlichkeitsliste, dann ruft er vorher an. Auf welchen Namen?
    user: {customer}. Mit Eszett, falls Sie eins haben.
    agent: Haben wir. Vielen Dank, und fassen Sie bis dahin bitte nichts am Zähler an.
    user: In Ordnung. Auf Wiederhören.
    `,
  ),
] as const;
