/**
 * What the probe answers as a user agent server, said in REGISTER as phones do (RFC 3261 §20.5). It takes no calls, and
 * who takes INVITE takes ACK, CANCEL and BYE as well. A request that says so is also long enough for a challenge where a
 * server answers with no more than it was sent (`sipdoctor reflect`).
 */
export const ALLOWED_METHODS =
	'INVITE, ACK, CANCEL, BYE, OPTIONS, NOTIFY, INFO, PRACK, REFER, UPDATE';
