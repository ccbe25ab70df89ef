/*
 * `sipdoctor watch`: one registration that stays, as a good phone keeps it.
 *
 *   attempt ──2xx──→ idle: keep-alives, answers to the server ──refresh due──→ attempt
 *      │               └─ flow lost ──a moment──→ attempt
 *      ├─ refused, silent, unreachable ──back-off (RFC 5626 §4.5), Retry-After──→ attempt
 *      └─ credentials refused twice, another device, end ──→ remove the own binding
 *
 * Each attempt has a recorder and a log of its own, so that nothing grows with the months.
 */
import { wireText } from '../../sip/display-text.js';
import { readRetryAfter } from '../../sip/headers/retry-after.js';
import { elapsedMs, type Instant } from '../../time/instant.js';
import type { TraceSink } from '../../trace/observed.js';
import { Authentication } from '../authentication.js';
import { bindingsIn, nameBindings } from '../bindings.js';
import { type Exchange, endWords, isSuccess } from '../exchange.js';
import { newIdentity } from '../identity.js';
import { ProbeRecorder } from '../recorder.js';
import { RegisterSession } from '../register-session.js';
import { type ProbeTarget, readTarget } from '../target.js';
import { backOffMs } from './back-off.js';
import type { Server } from './find-servers.js';
import { isForbidden, isSureRefusal, whyGiveUp } from './give-up.js';
import type { KeepDeps, KeepOptions } from './keep-options.js';
import type { LifetimeInterval } from './nat-lifetime.js';
import { refreshMs } from './refresh-time.js';
import { ServedFlow } from './served-flow.js';
import type { GaveUp } from './watch-news.js';

/** A lost flow is opened anew after a moment, so that all clients of a server that restarts do not come at once. */
const REOPEN_MS = 1000;
/** A flow that is lost sooner than that, again and again, is no accident: back-off then. */
const STEADY_MS = 60_000;
/** Patience for the removal at the end. */
const REMOVAL_MS = 4000;
/** Own bindings of former flows that are removed at the end with the last one. */
const MAX_FORMER = 8;

/** Keeps the registration until the signal, or until it gives up. Throws `ProbeError` for a wrong argument. */
export async function keepRegistered<L extends TraceSink>(
	options: KeepOptions,
	deps: KeepDeps<L>,
): Promise<LifetimeInterval> {
	return new Keeper(options, deps, readTarget(options.aor, options.server)).run();
}

type Awake = 'due' | 'lost' | 'interrupted';
type Next = { readonly inMs: number; readonly isRegistered: boolean } | 'stop';

interface Attempt<L> {
	readonly since: Instant;
	readonly log: L;
	readonly recorder: ProbeRecorder;
}

class Keeper<L extends TraceSink> {
	readonly #options: KeepOptions;
	readonly #deps: KeepDeps<L>;
	readonly #target: ProbeTarget;
	readonly #flow: ServedFlow;
	#authentication: Authentication;
	#cseq = 0;
	/** Attempts that failed in a row, and flows that were lost soon in a row. */
	#failures = 0;
	#flowLosses = 0;
	#forbidden = 0;
	#registeredAt: Instant | undefined;
	/** A REGISTER with the own Contact left, and nobody said that it came to nothing. */
	#maybeBound = false;
	#former: readonly string[] = [];
	#othersAllowed: boolean;
	/** A server that takes no nonce twice is asked for a fresh one each time. */
	#reuseNonces = true;
	#wake: (why: Awake) => void = () => undefined;

	constructor(options: KeepOptions, deps: KeepDeps<L>, target: ProbeTarget) {
		this.#options = options;
		this.#deps = deps;
		this.#target = target;
		this.#othersAllowed = options.beside;
		this.#authentication = this.#newAuthentication();
		const { now, onNews } = deps;
		this.#flow = new ServedFlow(options, target, {
			...deps,
			onLost: (words) => this.#loseFlow(words),
			onRequest: (method, from) => onNews({ kind: 'request-answered', at: now(), method, from }),
			onKeepAlive: (ms) => onNews({ kind: 'keep-alive-answered', at: now(), ms }),
			onSilence: (isDead) => {
				onNews({ kind: 'keep-alive-unanswered', at: now(), isDead });
				if (isDead) this.#loseFlow('the server no longer answers on the flow');
			},
		});
	}

	async run(): Promise<LifetimeInterval> {
		const { signal } = this.#deps;
		const abort = (): void => this.#wake('interrupted');
		signal.addEventListener('abort', abort, { once: true });
		try {
			while (!signal.aborted) {
				const next = await this.#attempt();
				if (next === 'stop') break;
				if (next.isRegistered) this.#flow.startKeepAlive();
				const awake = await this.#pause(next.inMs);
				this.#flow.stopKeepAlive();
				if (awake === 'lost') await this.#pause(this.#reopenMs());
			}
		} finally {
			signal.removeEventListener('abort', abort);
			if (this.#maybeBound) await this.#remove();
			await this.#flow.close();
		}
		return this.#flow.mapped.lifetime;
	}

	async #attempt(): Promise<Next> {
		const { now, newLog, signal } = this.#deps;
		const { timeoutMs, expires } = this.#options;
		const log = newLog();
		const attempt = { since: now(), log, recorder: new ProbeRecorder(log, now) };
		const found = await this.#flow.find(attempt.recorder, this.#failures);
		if (found === undefined) return this.#fail(attempt, undefined);
		this.#flow.mapped.begin();
		const session = this.#newSession(attempt.recorder, found);
		try {
			const refused = await this.#askForOthers(attempt, session);
			if (refused !== undefined) return refused;
			const wasBound = this.#maybeBound;
			this.#maybeBound = true;
			const bound = await session.perform({ kind: 'bind', expires }, timeoutMs, signal);
			const change = this.#flow.mapped.note(session.received.at(-1), now());
			if (change !== undefined)
				this.#deps.onNews({ kind: 'mapping-changed', at: now(), ...change });
			if (isSureRefusal(bound)) this.#maybeBound = wasBound && bound.kind === 'answered';
			const listed = listedIn(bound, session);
			return listed === undefined
				? await this.#fail(attempt, bound)
				: this.#succeed(listed, session);
		} finally {
			this.#cseq = session.cseq;
			await session.close();
		}
	}

	/** Before the first binding: an account for one device would drop another one. Undefined: go on. */
	async #askForOthers(attempt: Attempt<L>, session: RegisterSession): Promise<Next | undefined> {
		if (this.#othersAllowed) return undefined;
		const { timeoutMs } = this.#options;
		const asked = await session.perform({ kind: 'query' }, timeoutMs, this.#deps.signal);
		if (asked.kind !== 'answered' || !isSuccess(asked.response)) return this.#fail(attempt, asked);
		const others = bindingsIn(asked.response, session).filter(({ own }) => !own);
		if (others.length > 0) return this.#giveUp('other-device', nameBindings(others));
		this.#othersAllowed = true;
		return undefined;
	}

	#newSession(recorder: ProbeRecorder, { transport, remote }: Server): RegisterSession {
		const { timers } = this.#deps;
		const token = (length: number): string => this.#token(length);
		return new RegisterSession({
			open: (listener, signal) => this.#flow.borrow(listener, signal),
			...{ transport, remote, recorder, timers },
			lastCseq: this.#cseq,
			authentication: this.#authentication,
			identify: (opened) => {
				const { userAgent } = this.#options;
				const inputs = { target: this.#target, transport: opened, userAgent, token };
				const identity = newIdentity(inputs, this.#flow.identity);
				this.#flow.identity = identity;
				return identity;
			},
			newBranch: () => `z9hG4bK${this.#token(10)}`,
			onWaiting: undefined,
		});
	}

	#succeed(listed: ReturnType<typeof bindingsIn>, session: RegisterSession): Next {
		const { now, random, onNews } = this.#deps;
		const own = listed.filter((binding) => binding.own);
		const present = own.find(({ uri }) => this.#isPresent(uri)) ?? own[0];
		this.#former = own
			.filter((binding) => binding !== present)
			.flatMap(({ contact }) => contact ?? [])
			.slice(0, MAX_FORMER);
		const granted = present?.expires ?? this.#options.expires;
		this.#failures = 0;
		this.#forbidden = 0;
		const at = now();
		this.#registeredAt = at;
		if (this.#authentication.failures > 0) this.#reuseNonces = false;
		if (!this.#reuseNonces) this.#authentication = this.#newAuthentication();
		const refreshInMs = refreshMs(granted, random());
		const { transport } = this.#flow;
		if (transport !== undefined) {
			const { local, remote, name } = transport;
			const ms = session.firstFinal?.ms;
			const flow = { local, remote, transport: name, mapped: this.#flow.mapped.seen };
			onNews({ kind: 'registered', at, granted, ms, refreshInMs, ...flow });
		}
		return { inMs: refreshInMs, isRegistered: true };
	}

	/** Registrars change parameters of a Contact; user, host and port they keep. */
	#isPresent(uri: string): boolean {
		const own = this.#flow.identity?.contactUri;
		return own !== undefined && (uri === own || uri.startsWith(`${own};`));
	}

	/** `exchange`: undefined where the name did not resolve. */
	async #fail(attempt: Attempt<L>, exchange: Exchange | undefined): Promise<Next> {
		if (exchange?.kind === 'aborted') return 'stop';
		const { now, random, onNews } = this.#deps;
		this.#failures += 1;
		this.#registeredAt = undefined;
		const response =
			exchange !== undefined && 'response' in exchange ? exchange.response : undefined;
		const words = exchange === undefined ? 'the name did not resolve' : endWords(exchange);
		if (isForbidden(exchange, this.#authentication)) this.#forbidden += 1;
		const why = whyGiveUp(exchange, this.#authentication, this.#forbidden);
		const asked = response === undefined ? undefined : readRetryAfter(response);
		const retryAfter = asked?.ok === true ? asked.value.seconds : undefined;
		const inMs = backOffMs(this.#failures, this.#options.retrySeconds, random(), retryAfter);
		this.#flow.recordEnd(attempt.recorder);
		onNews({
			...{ kind: 'failed', since: attempt.since, at: now(), words },
			status: response?.statusCode,
			retryInMs: why === undefined ? inMs : undefined,
			...{ log: attempt.log, facts: attempt.recorder.facts() },
		});
		if (why !== undefined) return this.#giveUp(why, words);
		// RFC 5626 §4.2.1: a flow over which a REGISTER failed is not trusted any more.
		await this.#flow.close();
		return { inMs, isRegistered: false };
	}

	#giveUp(why: GaveUp, words: string): 'stop' {
		this.#deps.onNews({ kind: 'gave-up', at: this.#deps.now(), why, words });
		return 'stop';
	}

	#loseFlow(words: string): void {
		const since = this.#registeredAt;
		if (since === undefined) return;
		const at = this.#deps.now();
		this.#flowLosses = elapsedMs(since, at) < STEADY_MS ? this.#flowLosses + 1 : 0;
		this.#registeredAt = undefined;
		this.#deps.onNews({ kind: 'flow-lost', at, words });
		void this.#flow.close().then(() => this.#wake('lost'));
	}

	#reopenMs(): number {
		const { random } = this.#deps;
		if (this.#flowLosses < 2) return REOPEN_MS * (1 + 2 * random());
		return backOffMs(this.#flowLosses - 1, this.#options.retrySeconds, random(), undefined);
	}

	#pause(ms: number): Promise<Awake> {
		if (this.#deps.signal.aborted) return Promise.resolve('interrupted');
		return new Promise((resolve) => {
			const end = (why: Awake): void => {
				cancel();
				this.#wake = () => undefined;
				resolve(why);
			};
			const cancel = this.#deps.timers.after(ms, () => end('due'));
			this.#wake = end;
		});
	}

	/** Exactly the own bindings; a server that does not answer is not waited for long. */
	async #remove(): Promise<void> {
		const { newLog, now, onNews } = this.#deps;
		const { server } = this.#flow;
		if (server === undefined) return;
		const session = this.#newSession(new ProbeRecorder(newLog(), now), server);
		const own = this.#flow.identity?.contact;
		const contacts = own === undefined ? [] : [own, ...this.#former];
		const removed = await session.perform({ kind: 'remove', contacts }, REMOVAL_MS, undefined);
		const isSure = removed.kind === 'answered' && isSuccess(removed.response);
		const words = isSure
			? 'the own binding was removed'
			: `the own binding could not be removed (${endWords(removed)}); it ends by itself`;
		onNews({ kind: 'removed', at: now(), isSure, words });
	}

	#newAuthentication(): Authentication {
		const { authUser, secret, algorithm } = this.#options;
		const username = authUser === undefined ? this.#target.userName : wireText(authUser);
		return new Authentication({ username, secret, algorithm, newCnonce: () => this.#token(8) });
	}

	#token(length: number): string {
		return Buffer.from(this.#deps.randomBytes(length)).toString('hex');
	}
}

/** The bindings of a 2xx, where the own one is among them or none is listed at all; else undefined. */
function listedIn(
	bound: Exchange,
	session: RegisterSession,
): ReturnType<typeof bindingsIn> | undefined {
	if (bound.kind !== 'answered' || !isSuccess(bound.response)) return undefined;
	const listed = bindingsIn(bound.response, session);
	return listed.length === 0 || listed.some(({ own }) => own) ? listed : undefined;
}
