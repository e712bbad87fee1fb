import { testSeeds } from "./seeds.js";

testSeeds("postgres");
