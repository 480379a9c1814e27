import cors from "@fastify/cors";
import helmet from "@fastify/helmet";
import fp from "fastify-plugin";

/** What a page may load. JSON may load nothing; the pages of /docs and the dashboard carry inline styles. */
const POLICIES = {
  json: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
  page: {
    defaultSrc: ["'self'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", "data:"],
    fontSrc: ["'self'", "data:"],
    objectSrc: ["'none'"],
    baseUri: ["'self'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
  },
};

/** What the policy "json" sends, for answers that no scope has a hand in. A test holds them against those that it sends. */
export const JSON_ANSWER_HEADERS: Record<string, string> = {
  "content-security-policy": "default-src 'none';frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "origin-agent-cluster": "?1",
  "referrer-policy": "same-origin",
  "strict-transport-security": "max-age=31536000; includeSubDomains",
  "x-content-type-options": "nosniff",
  "x-dns-prefetch-control": "off",
  "x-download-options": "noopen",
  "x-frame-options": "DENY",
  "x-permitted-cross-domain-policies": "none",
  "x-xss-protection": "0",
};

/** Security headers for the routes of one scope. */
export const securityHeaders = fp(async (app, options: { policy: keyof typeof POLICIES }) => {
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: POLICIES[options.policy] },
    frameguard: { action: "deny" },
    // With "no-referrer" browsers send `Origin: null` with our own forms, which then look like somebody else's.
    referrerPolicy: { policy: "same-origin" },
  });
});

/** The origins of CORS_ORIGINS may call the API from a browser, and no others. */
export const allowOrigins = fp(async (app, options: { origins: readonly string[] }) => {
  await app.register(cors, {
    origin: options.origins.length > 0 ? [...options.origins] : false,
    methods: ["GET", "POST", "PUT", "PATCH", "DELETE"],
    allowedHeaders: ["Authorization", "Content-Type", "Idempotency-Key", "X-Api-Key", "X-Request-Id", "X-Tenant-Id"],
    exposedHeaders: [
      "Accept-Ranges",
      "Content-Disposition",
      "Content-Range",
      "ETag",
      "Idempotency-Replayed",
      "RateLimit-Limit",
      "RateLimit-Remaining",
      "RateLimit-Reset",
      "Retry-After",
      "X-Request-Id",
    ],
    maxAge: 600,
    strictPreflight: false,
  });
});
