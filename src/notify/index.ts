/**
 * notify: tells people and programs outside of what changed: webhooks, Slack-compatible ones, email.
 * Never: decides whom to tell what, remembers what was told, follows a redirect, shows a secret.
 * Start at create-delivery.ts; a file for each kind of target.
 */
export { createDelivery } from './create-delivery.ts';
export { NotifyError, type NotifyErrorCode } from './notify-error.ts';
