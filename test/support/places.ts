/** Where tests find things, each with a slash at its end. */
import { fileURLToPath } from 'node:url';

/** This repository: the engine, its scripts, its pages. */
export const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));

/** The project whose commands tests run: a company of their own, with an incident. */
export const PROJECT = `${REPOSITORY}test/companies/bank/`;

/** A project that has begun today: one service that has nothing, and no incident. */
export const SMALL_PROJECT = `${REPOSITORY}test/companies/acme/`;
