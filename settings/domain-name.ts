/** A domain name with two labels or more, in lowercase, as Route 53 stores it. An IPv4 address is none. */
export const DOMAIN_NAME = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/;
