import { step } from "../../../step.mjs";

export default async function handler(request, response) {
  for (let number = 0; number < 4; number++) await step(number, null);
  response.json({ user: request.headers["x-user"], theme: request.cookies.theme });
}
