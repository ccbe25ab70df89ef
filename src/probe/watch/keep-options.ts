import type { DigestSecret } from '../../digest/digest.js';
import type { Endpoint } from '../../net/endpoint.js';
import type { Instant } from '../../time/instant.js';
import type { TraceSink } from '../../trace/observed.js';
import type { RegisteringOptions } from '../registering-options.js';
import type { Resolver } from '../resolver.js';
import type { Timers } from '../timers.js';
import type { OpenTransport, ProbeTransportName } from '../transport.js';
import type { KeepAliveMethod } from './keep-alive.js';
import type { WatchNews } from './watch-news.js';

/** What is registered, and how it is kept. */
export interface KeepOptions {
	/** `1001@example.com`, with or without `sip:`. */
	readonly aor: string;
	readonly authUser: string | undefined;
	readonly secret: DigestSecret | undefined;
	/** `HOST[:PORT]` to send to instead of the domain. */
	readonly server: string | undefined;
	/** Undefined: as the domain says. */
	readonly transport: ProbeTransportName | undefined;
	readonly algorithm: string | undefined;
	/** Seconds to ask for. */
	readonly expires: number;
	/** Patience for each answer. */
	readonly timeoutMs: number;
	readonly localPort: number | undefined;
	/** Goes on where another device is bound. */
	readonly beside: boolean;
	readonly userAgent: string;
	readonly keepAlive: KeepAliveMethod;
	readonly keepAliveMs: number;
	/** Absent: as every phone does. */
	readonly registering?: RegisteringOptions | undefined;
	/** Seconds before the second attempt; doubles with each failure. */
	readonly retrySeconds: number;
}

/** `L`: what the messages of one attempt are put into. */
export interface KeepDeps<L extends TraceSink> {
	/** A fresh one for each attempt. */
	readonly newLog: () => L;
	readonly onNews: (news: WatchNews<L>) => void;
	readonly now: () => Instant;
	readonly randomBytes: (length: number) => Uint8Array;
	/** From 0 up to 1. */
	readonly random: () => number;
	readonly timers: Timers;
	readonly resolver: Resolver;
	readonly transports: Readonly<Partial<Record<ProbeTransportName, OpenTransport>>>;
	/** Whether any interface but loopback has an address; absent: yes. */
	readonly hasNetwork?: () => boolean;
	/** The address that this machine sends from to get there, or why there is no way; absent: not known. */
	readonly sourceTowards?: (remote: Endpoint) => Promise<string | { readonly errno: string }>;
	/** Ends it: the own binding is removed then. */
	readonly signal: AbortSignal;
}
