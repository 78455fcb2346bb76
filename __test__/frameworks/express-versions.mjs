import express from "express";
import express4 from "express-4";
import express51 from "express-5-1";

/** @type {Record<string, any>} */
export const versions = { "Express 4": express4, "Express 5.1": express51, "Express 5.3": express };
