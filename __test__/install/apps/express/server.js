import express from "express";

const app = express();
app.get("/", (_request, response) => response.send("<h1>Home</h1>"));
app.get("/api/items/:id", (request, response) => response.json({ id: request.params.id }));
const server = app.listen(Number(process.env.PORT), "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});
