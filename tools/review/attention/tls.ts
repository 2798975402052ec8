/** Consequence of a weaker TLS setting. */
export const OLD_TLS = "Clients may connect with older, weaker versions of TLS.";
