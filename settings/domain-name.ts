/** A domain name with two labels or more, in lowercase, as Route 53 stores it. IPv4 addresses do not match. */
export const DOMAIN_NAME = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/;
