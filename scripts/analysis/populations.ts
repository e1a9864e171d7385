import { populations, type Population } from '../timeline/records.ts';

/** A value for each population. */
export function forEachPopulation<Value>(make: (population: Population) => Value): Record<Population, Value> {
  return Object.fromEntries(populations.map((population) => [population, make(population)])) as Record<
    Population,
    Value
  >;
}
