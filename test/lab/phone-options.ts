/** How the lab's phone behaves: registers rightly, or wrong in the ways that are set. */
export interface PhoneOptions {
	/** Digest and AOR user. */
	readonly user: string;
	readonly password?: string;
	/** Tried one after the other, until one registers. */
	readonly passwords?: readonly string[];
	/** AOR domain and Request-URI host; the server's address if absent. */
	readonly domain?: string;
	/** Written behind the domain in the Request-URI. */
	readonly domainPort?: number;
	/** A user part in the Request-URI, where none belongs. */
	readonly requestUser?: string;
	readonly server?: string;
	/** Where it asks for SRV and the address of its domain, before it sends anything. */
	readonly nameServer?: string;
	/** False: asks only for the address. */
	readonly srv?: boolean;
	readonly serverPort?: number;
	readonly transport?: 'udp' | 'tcp' | 'tls' | 'ws';
	/** How the phone, which is openssl s_client here, verifies the server. */
	readonly tls?: {
		/** The authority that it trusts. Default: the one that issued the server's certificate. */
		readonly trusts?: 'authority' | 'other';
		/** The name that it wants to see, and its SNI. Default: the domain. */
		readonly name?: string;
		/** The only version it speaks. */
		readonly version?: '1.0' | '1.2' | '1.3';
		/** The only cipher it knows, by OpenSSL's name. */
		readonly cipher?: string;
		/** What its clock says, in seconds since 1970. */
		readonly clock?: number;
		/** Shows a certificate of its own where it is asked for. */
		readonly clientCertificate?: boolean;
	};
	/** Path of the WebSocket. Default `/ws`. */
	readonly path?: string;
	/** Leaves UDP for TCP where a REGISTER is larger (RFC 3261 §18.1.1). */
	readonly tcpAbove?: number;
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
	/** Written behind it, such as `;reg-id=1`. */
	readonly contactParameters?: string;
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
	/** Puts the answer to a 401 into Proxy-Authorization, and that to a 407 into Authorization. */
	readonly wrongCredentialsHeader?: boolean;
	/** Parameters that are left out of the credentials: `cnonce`, `username`. */
	readonly leftOut?: readonly string[];
	/** Hashed with, whatever the credentials name. */
	readonly hashedWith?: string;
	/** The realm that HA1 was made with, long ago. */
	readonly hashedRealm?: string;
	/** Hashed in place of the uri that the credentials name. */
	readonly hashedUri?: string;
	/** Hashed in place of REGISTER. */
	readonly hashedMethod?: string;
	/** Writes nc=00000001 each time. */
	readonly countsFromOne?: boolean;
	/** Takes a 401 to credentials for the last word, unless it says stale=true. */
	readonly givesUpWhenRefused?: boolean;
	/** Who registers, where it is not the one that is registered. */
	readonly fromUser?: string;
	/** Every second REGISTER goes here. */
	readonly otherServer?: string;
	/** Header lines added to each REGISTER. */
	readonly headers?: readonly string[];
	/** Answers a challenge of AKA by this SIM (hexadecimal), in place of a password. */
	readonly sim?: {
		readonly k: string;
		readonly opc: string;
		/** The highest sequence number it has seen. */
		readonly sqn?: string;
		/** Hashes RES as hexadecimal text. */
		readonly hashesText?: boolean;
	};
	/** Names itself in the first REGISTER already, as phones of the IMS do. */
	readonly namesItselfFirst?: boolean;
	/** Asks this STUN server first, from the port of SIP. */
	readonly stun?: string;
	/** Registers what it was told there. */
	readonly contactFromStun?: boolean;
	/** Does not wait longer for the answer to its first REGISTER, but sends another one. */
	readonly impatientMs?: number;
	/** Calls somebody once it is registered; `route` is what it writes into Route. */
	readonly call?: { readonly user: string; readonly route?: string };
	/** Answers every challenge with the first nonce it ever got. */
	readonly reuseFirstNonce?: boolean;
	/** Starts a refresh with the credentials of the last challenge. */
	readonly cacheNonce?: boolean;
	readonly answerDelayMs?: number;
	/** One a challenge, where they differ. */
	readonly answerDelaysMs?: readonly number[];
	/** Comes back with Min-Expires after a 423. Default false. */
	readonly follow423?: boolean;
	/** Attempts per password. Default 1. */
	readonly tries?: number;
	readonly retryAfterMs?: number;
	readonly refreshes?: number;
	readonly refreshAfterMs?: number;
	/** Removes its binding before each refresh. */
	readonly removesFirst?: boolean;
	/** Removes with `Contact: *`. */
	readonly removesAll?: boolean;
	/** False: a new Call-ID for every REGISTER. */
	readonly keepCallId?: boolean;
	/** Two phones with one firmware image have the same. */
	readonly callId?: string;
	readonly firstCSeq?: number;
	/** What is added to CSeq for each REGISTER. Default 1. */
	readonly cseqStep?: number;
	/** Time to stay on after registering, answering OPTIONS. */
	readonly stayMs?: number;
	/** False: lets OPTIONS and NOTIFY of the server go by. */
	readonly answerRequests?: boolean;
	readonly unregister?: boolean;
	/** Hears nobody but the address that it asked. */
	readonly heedsSource?: boolean;
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
