/** How the lab's phone behaves: registers rightly, or wrong in the ways that are set. */
export interface PhoneOptions {
	/** Digest and AOR user. */
	readonly user: string;
	readonly password?: string;
	/** Tried one after the other, until one registers. */
	readonly passwords?: readonly string[];
	/** AOR domain and Request-URI host; the server's address if absent. */
	readonly domain?: string;
	readonly server?: string;
	/** Where it asks for SRV and the address of its domain, before it sends anything. */
	readonly nameServer?: string;
	/** False: asks only for the address. */
	readonly srv?: boolean;
	readonly serverPort?: number;
	readonly transport?: 'udp' | 'tcp';
	readonly localPort?: number;
	/** A second socket, for a phone that listens elsewhere than it sends from. */
	readonly listenPort?: number;
	/** Via sent-by, where it is not what the socket has. */
	readonly viaHost?: string;
	readonly viaPort?: number;
	/** RFC 3581. Default true. */
	readonly rport?: boolean;
	/** The Contact's URI, where it is not the phone's own address. */
	readonly contact?: string;
	readonly expires?: number;
	readonly userAgent?: string;
	/** UUID of `+sip.instance` (RFC 5626 §4.1). */
	readonly instance?: string;
	/** Length of a header of no meaning, to make REGISTERs as large as wanted. */
	readonly paddingBytes?: number;
	readonly authUsername?: string;
	/** Put in place of the realm of the challenge. */
	readonly realm?: string;
	/** Answered with, whatever the challenge offers: `MD5`, `SHA-256` or `SHA-512-256`. */
	readonly algorithm?: string;
	/** False: lets every challenge go by. */
	readonly answerChallenge?: boolean;
	/** Challenges answered within one attempt. Default 1. */
	readonly maxChallenges?: number;
	/** Answers every challenge with the first nonce it ever got. */
	readonly reuseFirstNonce?: boolean;
	/** Starts a refresh with the credentials of the last challenge. */
	readonly cacheNonce?: boolean;
	readonly answerDelayMs?: number;
	/** Comes back with Min-Expires after a 423. Default false. */
	readonly follow423?: boolean;
	/** Attempts per password. Default 1. */
	readonly tries?: number;
	readonly retryAfterMs?: number;
	readonly refreshes?: number;
	readonly refreshAfterMs?: number;
	/** Removes its binding before each refresh. */
	readonly removesFirst?: boolean;
	/** False: a new Call-ID for every REGISTER. */
	readonly keepCallId?: boolean;
	/** Time to stay on after registering, answering OPTIONS. */
	readonly stayMs?: number;
	/** False: lets OPTIONS and NOTIFY of the server go by. */
	readonly answerRequests?: boolean;
	readonly unregister?: boolean;
	/** Connects the UDP socket, so that ICMP port unreachable ends the attempt. */
	readonly connected?: boolean;
}

/** What the phone says of itself when it is done. */
export interface PhoneResult {
	/** Whether the last attempt (not counting a removal) got a 2xx. */
	readonly registered: boolean;
	/** Client transactions. */
	readonly registers: number;
	/** Datagrams or segments sent, retransmissions included. */
	readonly sends: number;
	/** One a transaction: the final status, `timeout` or `error`. */
	readonly statuses: readonly (number | 'timeout' | 'error')[];
	readonly requestsAnswered: number;
	/** errno of the socket. */
	readonly error?: string;
}
