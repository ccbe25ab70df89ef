/** The six classes of responses (RFC 3261 §7.2). */
export type ResponseClass =
	| 'provisional'
	| 'success'
	| 'redirection'
	| 'client-error'
	| 'server-error'
	| 'global-failure';

const CLASSES: readonly ResponseClass[] = [
	'provisional',
	'success',
	'redirection',
	'client-error',
	'server-error',
	'global-failure',
];

/** The class of a status code by its first digit; undefined outside 100 to 699. */
export function responseClass(statusCode: number): ResponseClass | undefined {
	return CLASSES[Math.floor(statusCode / 100) - 1];
}

/** True for the two that ask for credentials (RFC 3261 §22.2, §22.3). */
export function isChallenge(statusCode: number | undefined): boolean {
	return statusCode === 401 || statusCode === 407;
}

/** True for what registrars answer to credentials that they do not take: a challenge once more, or 403. */
export function refusesCredentials(statusCode: number | undefined): boolean {
	return isChallenge(statusCode) || statusCode === 403;
}

export interface StatusCode {
	readonly code: number;
	/** The reason phrase of the registry. */
	readonly phrase: string;
	/** One plain sentence: what it means as the answer to a REGISTER. */
	readonly meaning: string;
}

/** What the registry of SIP response codes knows about a code; undefined where it is not registered. */
export function describeStatus(statusCode: number): StatusCode | undefined {
	return STATUS_CODES.find(({ code }) => code === statusCode);
}

const NO_CALL = 'Belongs to calls; as the answer to a REGISTER it is a fault of the server.';

/** Every registered status code, in order, as it reads in the answer to a REGISTER. */
export const STATUS_CODES: readonly StatusCode[] = [
	row(100, 'Trying', 'The next hop has the request and works on it; the answer is still to come.'),
	row(180, 'Ringing', NO_CALL),
	row(181, 'Call Is Being Forwarded', NO_CALL),
	row(182, 'Queued', 'The server keeps the request waiting.'),
	row(183, 'Session Progress', NO_CALL),
	row(199, 'Early Dialog Terminated', NO_CALL),
	row(200, 'OK', 'The registrar accepts; its Contact header fields list what is bound now.'),
	row(202, 'Accepted', 'Taken for later processing; nothing says that a binding exists.'),
	row(204, 'No Notification', 'Belongs to SUBSCRIBE; it tells nothing about a binding.'),
	row(300, 'Multiple Choices', 'Register at one of several other places, listed in Contact.'),
	row(301, 'Moved Permanently', 'Register at the address in Contact, from now on.'),
	row(302, 'Moved Temporarily', 'Register at the address in Contact, this time.'),
	row(305, 'Use Proxy', 'Send the request through the proxy named in Contact.'),
	row(380, 'Alternative Service', 'Another service is offered in place of registration.'),
	row(400, 'Bad Request', 'The server finds the request malformed and will not read it.'),
	row(401, 'Unauthorized', 'The registrar asks for credentials, or refuses those it was sent.'),
	row(402, 'Payment Required', 'The account is blocked for payment.'),
	row(
		403,
		'Forbidden',
		'Understood and refused: account, address or policy; the same again will not help.',
	),
	row(404, 'Not Found', 'The registrar does not know this user.'),
	row(405, 'Method Not Allowed', 'This server takes no REGISTER: it is not a registrar.'),
	row(406, 'Not Acceptable', 'The server cannot answer in a form that the request accepts.'),
	row(407, 'Proxy Authentication Required', 'A proxy on the way asks for credentials of its own.'),
	row(408, 'Request Timeout', 'A hop on the way got no answer from the next one in time.'),
	row(410, 'Gone', 'This user existed here and does not any more.'),
	row(
		412,
		'Conditional Request Failed',
		'Belongs to PUBLISH; a REGISTER carries no such condition.',
	),
	row(413, 'Request Entity Too Large', 'The body is larger than the server takes.'),
	row(414, 'Request-URI Too Long', 'The Request-URI is longer than the server takes.'),
	row(415, 'Unsupported Media Type', 'The server does not take a body of this type.'),
	row(
		416,
		'Unsupported URI Scheme',
		'The server does not know the scheme of the URI, often sips or tel.',
	),
	row(417, 'Unknown Resource-Priority', 'A required priority namespace is unknown to the server.'),
	row(420, 'Bad Extension', 'Require names an extension that the server lacks; see Unsupported.'),
	row(
		421,
		'Extension Required',
		'The server demands an extension that the phone does not offer; see Require.',
	),
	row(422, 'Session Interval Too Small', NO_CALL),
	row(423, 'Interval Too Brief', 'The asked expiry is shorter than Min-Expires allows.'),
	row(424, 'Bad Location Information', 'The location sent with the request cannot be used.'),
	row(425, 'Bad Alert Message', 'Belongs to alerts, not to registration.'),
	row(428, 'Use Identity Header', 'The server demands a signed identity.'),
	row(429, 'Provide Referrer Identity', 'Belongs to REFER, not to registration.'),
	row(430, 'Flow Failed', 'The connection to the phone that the edge proxy kept is gone.'),
	row(433, 'Anonymity Disallowed', 'The server takes no anonymous request.'),
	row(436, 'Bad Identity-Info', 'The certificate of the signed identity cannot be fetched.'),
	row(437, 'Unsupported Certificate', 'The certificate of the signed identity is not trusted.'),
	row(438, 'Invalid Identity Header', 'The signature of the identity does not fit the request.'),
	row(
		439,
		'First Hop Lacks Outbound Support',
		'The edge proxy cannot do outbound (RFC 5626), which the phone asks for.',
	),
	row(440, 'Max-Breadth Exceeded', 'The request was forked too often on the way.'),
	row(469, 'Bad Info Package', 'Belongs to INFO, not to registration.'),
	row(470, 'Consent Needed', 'The recipient did not agree to such requests.'),
	row(480, 'Temporarily Unavailable', 'The user cannot be served for the moment.'),
	row(
		481,
		'Call/Transaction Does Not Exist',
		'The server takes the request for part of a dialog it does not know.',
	),
	row(482, 'Loop Detected', 'The request came back to a proxy that had sent it on.'),
	row(483, 'Too Many Hops', 'Max-Forwards ran out: a routing loop, or it was too low.'),
	row(484, 'Address Incomplete', 'The user part of the address is incomplete.'),
	row(485, 'Ambiguous', 'The address fits several users.'),
	row(486, 'Busy Here', NO_CALL),
	row(487, 'Request Terminated', NO_CALL),
	row(488, 'Not Acceptable Here', NO_CALL),
	row(489, 'Bad Event', 'Belongs to SUBSCRIBE, not to registration.'),
	row(491, 'Request Pending', 'Another request for the same thing is still in work.'),
	row(493, 'Undecipherable', 'The encrypted body cannot be read.'),
	row(
		494,
		'Security Agreement Required',
		'The server demands an agreed security mechanism first (RFC 3329).',
	),
	row(500, 'Server Internal Error', 'The registrar failed, often its database.'),
	row(501, 'Not Implemented', 'This server knows no REGISTER: it is not a registrar.'),
	row(502, 'Bad Gateway', 'A server behind this one gave an answer that it cannot use.'),
	row(
		503,
		'Service Unavailable',
		'Overloaded, in maintenance, or a limit is reached; Retry-After says how long.',
	),
	row(504, 'Server Time-out', 'A server behind this one did not answer in time.'),
	row(505, 'Version Not Supported', 'The server does not take this version of SIP.'),
	row(513, 'Message Too Large', 'The request is larger than the server takes.'),
	row(
		555,
		'Push Notification Service Not Supported',
		'The push service named in Contact is not known (RFC 8599).',
	),
	row(580, 'Precondition Failure', NO_CALL),
	row(600, 'Busy Everywhere', NO_CALL),
	row(603, 'Decline', 'Refused everywhere; a registrar never says so, something on the way does.'),
	row(604, 'Does Not Exist Anywhere', 'The user exists nowhere; a registrar would say 404.'),
	row(
		606,
		'Not Acceptable',
		'Refused everywhere; a registrar never says so, something on the way does.',
	),
	row(607, 'Unwanted', 'Refused as unwanted; a registrar never says so.'),
	row(608, 'Rejected', 'Refused by an analysis of the call; a registrar never says so.'),
];

function row(code: number, phrase: string, meaning: string): StatusCode {
	return { code, phrase, meaning };
}
