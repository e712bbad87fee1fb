import { testSeeds } from "./seeds.js";

testSeeds("sqlite");
