import type { FastifyHelmetOptions } from '@fastify/helmet';

/**
 * What browsers are told of every answer. Scripts come from files of this server alone, so that no text of an image, a
 * label or an advisory can become one; styles may be inline because the console's components set them.
 */
export function securityHeaders(overTls: boolean): FastifyHelmetOptions {
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'none'"],
        'script-src': ["'self'"],
        'style-src': ["'self'", "'unsafe-inline'"],
        'img-src': ["'self'", 'data:'],
        'font-src': ["'self'"],
        'connect-src': ["'self'"],
        'manifest-src': ["'self'"],
        'base-uri': ["'none'"],
        'form-action': ["'self'"],
        'frame-ancestors': ["'none'"],
      },
    },
    frameguard: { action: 'deny' },
    hsts: overTls,
    referrerPolicy: { policy: 'no-referrer' },
  };
}
