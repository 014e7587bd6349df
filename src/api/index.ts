/**
 * api: the services over HTTP: routes under /api/v1 with their OpenAPI contract, logins, server-sent events, metrics,
 * and the files of the console.
 * Never: a rule, a store, an answer of its own; what is not in a reply's schema does not leave.
 * Start at create-api.ts; guard.ts says who gets in.
 */
export { ApiError, type ApiErrorCode } from './api-error.ts';
export { type Api, type ApiOptions, createApi } from './create-api.ts';
