import { dialogue } from "./dialogue.js";

export const BOOKING_DIALOGUES = [
  dialogue(
    "restaurant-booking",
    {
      language: "en-US",
      summary:
        "{customer} booked a table for {party} on {day} at {later}, by the window if possible. One guest has a nut allergy.",
      outcome: "Table booked for {party} on {day} at {later}",
    },
    `
    agent: {company}, good evening. Are you calling to book a table?
    user: Hi, yes. For {day} night, {party} people.
    agent: {day}, {party} people. What time would you like to come?
    user: Around {time}, if you can fit us in.
    agent: At {time} we only have seats at the bar. I could offer you a table at {later}.
    user: {later} works. Could we sit by the window?
    agent: I'll note the window as a wish; I can't promise it on a {day}. Any allergies I should pass to the kitchen?
    user: My sister can't have nuts. Any kind of nuts.
    agent: No nuts at the table, thank you. What name shall I put it under?
    user: {customer}.
    agent: And is the number you're calling from the best one to reach you?
    user: Yes, that's my cell.
    agent: Then it's a table for {party} on {day} at {later}, window if we can, and no nuts. You'll get a text in a minute.
    user: Perfect. See you then.
    agent: We look forward to it, {first}. Goodbye.
    `,
  ),
  dialogue(
    "restaurant-change",
    {
      language: "en-US",
      summary:
        "{customer} moved an existing booking to {later} and added guests; now {party} people on {day}.",
      outcome: "Booking changed to {party} people at {later}",
    },
    `
    agent: {company}, hello. How can I help?
    user: I have a reservation for {day}, under {customer}, and there are more of us now.
    agent: I see it, {first}. It's at {time}. How many will you be?
    user: {party} in total. Is that a problem?
    agent: Not at {later}. At {time} the big table is taken.
    user: Okay, then {later}. Does the kitchen stay open?
    agent: It does, until eleven. I've moved you to {later} for {party}.
    user: Great. Is there parking?
    agent: Behind the building, free after six.
    user: Thanks so much, bye.
    `,
  ),
  dialogue(
    "dental-appointment",
    {
      language: "en-GB",
      summary:
        "{customer} has had toothache for two days and took an emergency slot on {day} at {time}. Registered patient, no medication.",
      outcome: "Emergency appointment on {day} at {time}",
    },
    `
    agent: {company}, you're speaking to the automated appointment desk. What can I do for you?
    user: I've had a toothache since yesterday, bottom left. It's getting worse.
    agent: I'm sorry to hear that. Is there any swelling, or a fever?
    user: A bit of swelling. No fever, I don't think.
    agent: Then we'd like to see you soon. Have you been with us before?
    user: Yes, last spring. {customer}.
    agent: Thank you, I have your record here. The first emergency slot is {day} at {time}.
    user: Nothing sooner?
    agent: That's the soonest, but I can put you on the list for cancellations and we'd ring you.
    user: Please do that. And I'll take {day}.
    agent: You're booked for {day} at {time}, and you're on the cancellation list. Are you taking any medicine?
    user: Only ibuprofen since last night.
    agent: That's fine. If the swelling reaches your eye or it gets hard to swallow, please go to A and E at once.
    user: Understood. Thank you.
    agent: Take care, {first}. We'll see you on {day}.
    `,
  ),
  dialogue(
    "appointment-reminder",
    {
      language: "en-GB",
      summary: "Reminder call. {customer} could not make {time} and moved to {later} the same day.",
      outcome: "Appointment moved to {later}",
    },
    `
    agent: Hello, this is {company} calling for {customer}.
    user: Speaking.
    agent: It's a reminder of your check-up on {day} at {time}. Will you be able to come?
    user: Ah. {time} is when I fetch the kids. Have you anything later?
    agent: I have {later} on the same day with the same dentist.
    user: That's better, yes.
    agent: Moved to {later}. Would you like a text the day before?
    user: Yes, please.
    agent: Lovely. Goodbye, {first}.
    user: Bye.
    `,
  ),
  dialogue(
    "hotel-es",
    {
      language: "es-US",
      summary:
        "{customer} reservó una habitación doble con cuna para la noche del {day}; llegará hacia las {later} y pagará en recepción.",
      outcome: "Habitación doble reservada para el {day}",
    },
    `
    agent: Hotel Las Jacarandas, buenas tardes. ¿En qué puedo ayudarle?
    user: Buenas tardes, quería una habitación para el {day}. Somos dos adultos y un bebé.
    agent: Con mucho gusto. ¿Prefiere cama de matrimonio o dos camas?
    user: De matrimonio, y si puede ser con cuna para el niño.
    agent: La cuna no tiene coste. Me queda una doble en la segunda planta, con vistas al jardín, por {amount} la noche.
    user: ¿El desayuno está incluido?
    agent: Sí, de siete a diez y media. ¿A qué hora piensan llegar?
    user: Tarde, hacia las {later}. Venimos conduciendo desde Jacksonville.
    agent: No hay ningún problema, la recepción está abierta toda la noche. ¿A nombre de quién?
    user: {customer}. Con acento, por favor, que siempre lo escriben mal.
    agent: Apuntado tal cual. ¿Quiere que le mande la confirmación por mensaje a este número?
    user: Sí, gracias. ¿Y si al final no podemos ir?
    agent: Puede cancelar sin gasto hasta la víspera a mediodía.
    user: Estupendo, muchísimas gracias.
    agent: A usted. ¡Que tengan buen viaje!
    `,
  ),
] as const;
