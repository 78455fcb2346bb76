import { startProdServer } from "vinext/server/prod-server";

const { port } = await startProdServer({ port: Number(process.env.PORT), host: "127.0.0.1", outDir: "dist" });
console.log(`http://127.0.0.1:${port}`);
